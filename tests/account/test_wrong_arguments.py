"""What is no frame, no name and no age is refused in a sentence of ours, by an account and by a group, before anything is sent."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames import errors
from scalev_frames.group import Group

FRAME = pd.DataFrame({"id": ["1"], "order_id": ["A"], "status": ["shipped"]})
NO_FRAMES = {
    "None": (None, "A NoneType is no frame"),
    "a number": (5, "A int is no frame"),
    "a text": ("orders", "A str is no frame"),
    "a list of frames": ([FRAME], "A list is no frame"),
    "a column": (FRAME["id"], "A Series is no frame"),
    "a row": (FRAME.iloc[0], "A Series is no frame"),
    "two of a name": (pd.concat([FRAME, FRAME[["id"]]], axis=1), "several columns named id"),
}


@pytest.fixture(params=["account", "group"])
def business(request, api):
    return api if request.param == "account" else Group({"brand-a": api})


@pytest.fixture(autouse=True)
def sends_nothing(shared_sandbox):
    before = len(shared_sandbox.requests)
    yield
    assert len(shared_sandbox.requests) == before


@pytest.mark.parametrize("name", ["order_lines", "reconcile", "changes"])
@pytest.mark.parametrize("given", NO_FRAMES)
def test_what_is_no_frame_is_refused(business, name, given):
    frame, word = NO_FRAMES[given]
    if frame is None and name == "order_lines":
        return  # then it fetches the orders
    with pytest.raises(errors.BadValueError, match=word):
        getattr(business, name)(frame)


@pytest.mark.parametrize("frame", [pd.DataFrame(), FRAME.set_index("id"), FRAME.drop(columns="id"), FRAME.T])
def test_lines_of_a_frame_without_ids_are_refused(api, frame):
    with pytest.raises(errors.MissingColumnsError, match="no id") as caught:
        api.order_lines(frame, progress=False)
    assert caught.value.columns == ("id",)


def test_filters_beside_a_frame_are_refused_and_offline_sends_nothing(api):
    with pytest.raises(errors.BadValueError, match="status= is for a call without a frame"):
        api.order_lines(FRAME, status="shipped", progress=False)
    with pytest.raises(errors.NotCachedError, match="details of 1 record"):
        api.order_lines(FRAME, offline=True, progress=False)


@pytest.mark.parametrize("name", [None, 5, ["orders"], b"orders", "", "order list"])
def test_what_is_no_name_is_refused_with_the_names_there_are(business, name, tmp_path):
    for ask in (business.fetch, business.cost, business.describe, lambda name: business.export(tmp_path / "new", name)):
        with pytest.raises(errors.UnknownNameError, match=r"There is no (endpoint|frame)"):
            ask(name)
    with pytest.raises(errors.UnknownNameError):
        sf.describe(name)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("age", [5, -1, "30 days", float("nan")])
def test_what_is_no_age_deletes_nothing(business, age):
    with pytest.raises(errors.BadValueError, match="no time"):
        business.clear_cache(older_than=age)
    assert business.clear_cache(older_than=dt.timedelta(days=1)) == 0


def test_an_id_that_is_given_twice_is_given_to_none(api):
    for given, named in (((1, 2), {}), ((1,), {"id": 2})):
        with pytest.raises(TypeError, match=r"order\(\) takes 1 positional argument, each once"):
            api.order(*given, **named)
