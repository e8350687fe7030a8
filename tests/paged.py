"""Every page of a list, one after the other: the plainest way to use `Pages`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scalev_frames.wire.layout import Fetched, Params
from scalev_frames.wire.paging import Page, Pages


def read_pages(fetch: Callable[[Params], Fetched], pages: Pages) -> Iterator[Page]:
    while not pages.ended:
        yield pages.take(fetch(pages.asked()))
