"""Datasets with a part a month, and what they hold."""

from __future__ import annotations

import pandas as pd

import scalev_frames as sf


def rows_of(folder):
    back = sf.read_parquet(folder)
    return sorted(zip(back["id"].tolist(), back["n"].tolist(), strict=True))


def made_in(month, number, **more):
    moment = pd.Timestamp(f"2026-{month:02}-05", tz="Asia/Jakarta")
    return {"id": str(number), "n": number, "created_at": moment, "last_updated_at": moment, **more}


def months(count, size=3):
    return pd.DataFrame(
        [made_in(month, month * size + number) for month in range(1, count + 1) for number in range(size)]
    )


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
