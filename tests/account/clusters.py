"""Two brands whose orders a cluster exports."""

from __future__ import annotations

import pandas as pd

import scalev_frames as sf

NAMES, SIZES = ("brand-a", "Toko Ü"), (100, 60)
LIMITS = ((300, 5.0), (10_000, 3600.0))


def check_whole(path, brands):
    frame = sf.scan(path).frame()
    assert frame.columns[0] == "business"
    for name, world in brands.worlds.items():
        assert sorted(frame.loc[frame["business"] == name, "id"]) == sorted(str(one) for one in world.order_ids())
    read = pd.read_parquet(path, columns=["id", "business"])
    assert read["business"].value_counts().to_dict() == {
        name: len(world.order_ids()) for name, world in brands.worlds.items()
    }
