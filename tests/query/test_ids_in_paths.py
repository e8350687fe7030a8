"""An id in a path is that id, and never leads to another path."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scalev_frames.cancel import CancelToken
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.errors import BadValueError, NotFoundError
from scalev_frames.progress import silent
from scalev_frames.pull.details import Details
from scalev_frames.pull.reading.pace import Pace
from scalev_frames.pull.reading.sources import Source
from scalev_frames.query.paths import find_by_path, path_of
from scalev_frames.settings import Settings
from scalev_frames.wire.transport import Call


@pytest.mark.parametrize("one", ["", " ", ".", "..", "...", "\t", " .. "])
def test_an_id_of_dots_or_nothing_is_refused(one):
    with pytest.raises(BadValueError, match="not an id"):
        path_of(ENDPOINTS["order"], {"id": one})


@pytest.mark.parametrize(("one", "path"), [
    ("a/b", "a%2Fb"), ("../stores", "..%2Fstores"), ("1?x=2", "1%3Fx%3D2"), ("1#2", "1%232"), ("%2e%2e", "%252e%252e"),
    ("a\\b", "a%5Cb"), ("toko baru", "toko%20baru"), ("261101AB", "261101AB"), (7, "7"),
])  # fmt: skip
def test_any_other_id_is_quoted(one, path):
    assert path_of(ENDPOINTS["order"], {"id": one}) == f"/order/{path}"


@pytest.mark.parametrize(("version", "path", "name"), [
    ("v2", "/stores", "stores"), ("v2", "/orders", "orders"), ("v2", "/order", "orders"), ("v2", "/order/3", "order"),
    ("v2", "/bundles/3/bpos", "bundle_price_options"), ("v3", "/bundles/3/bundle-price-options", "bundle_price_options"),
    ("v3", "/bundles/3/bpos", "get_bundles_3_bpos"), ("v2", "/nothing", "get_nothing"),
])  # fmt: skip
def test_a_path_is_that_of_its_row_in_the_version_that_is_spoken(version, path, name):
    assert find_by_path(path, Settings(base_url=f"https://api.scalev.id/{version}")).name == name


@pytest.mark.parametrize(("one", "asked"), [("..", []), ("", []), ("a/b", ["/order/a%2Fb"])])
def test_a_row_with_an_odd_id_lets_its_details_ask_for_no_other_path(one, asked):
    paths = []

    def get(path, *_, **__):
        paths.append(path)
        raise NotFoundError("There is none.", status_code=404)

    records = SimpleNamespace(find=lambda *_: {}, failure="")
    call = Call(silent, CancelToken(), None)
    pace, now = Pace(6.0, lambda _: 0.0), dt.datetime.now(dt.UTC)
    source = Source(SimpleNamespace(get=get), call, pace, now, ZoneInfo("Asia/Jakarta"))
    frame = pd.DataFrame({"id": [one]})
    if asked:
        Details(ENDPOINTS["order"], frame, source, records).find()
    else:
        with pytest.raises(BadValueError, match="not an id"):
            Details(ENDPOINTS["order"], frame, source, records).find()
    assert paths == asked
