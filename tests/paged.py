"""Every page of a list, one after the other: the plainest way to use `Pages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scalev_frames.wire.answers.layout import Params
from scalev_frames.wire.answers.paging import Page, Pages
from scalev_frames.wire.answers.response import Response


def read_pages(fetch: Callable[[Params], Response], pages: Pages) -> Iterator[Page]:
    while not pages.ended:
        yield pages.take(fetch(pages.asked()))
