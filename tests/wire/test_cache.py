"""The pages shelf keeps whole answers, private, and never stands in a pull's way."""

from __future__ import annotations

import datetime as dt
import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from scalev_frames.wire.cache import RECEIVED_AT, PagesCache, page_key

NOW = 1_795_000_000.0
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


def response(content: bytes = b'{"data": 1}', moment: float = NOW) -> requests.Response:
    made = requests.Response()
    made.status_code = 200
    made._content = content
    made.headers[RECEIVED_AT] = repr(moment)
    return made


@pytest.fixture
def shelf(tmp_path: Path) -> PagesCache:
    return PagesCache(tmp_path / "account" / "pages", clock=lambda: NOW)


def only_file(shelf: PagesCache) -> Path:
    (file,) = (file for file in shelf.folder.rglob("*") if file.is_file())
    return file


@pytest.mark.parametrize("content", [b'{"data": 1}', b"x" * 300_000, os.urandom(5000)])
def test_what_was_kept_comes_back(shelf: PagesCache, content: bytes) -> None:
    key = page_key("https://a.example/stores?page=1", "walk")
    shelf.save_response(response(content, 12.345678), key)
    kept = shelf.get_response(key)
    assert kept is not None
    assert kept.content == content
    assert float(kept.headers[RECEIVED_AT]) == 12.345678
    assert list(shelf.responses) == [key]


@posix
def test_files_and_folders_are_private(shelf: PagesCache) -> None:
    previous = os.umask(0)
    try:
        shelf.save_response(response(), page_key("u", None))
    finally:
        os.umask(previous)
    file = only_file(shelf)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(shelf.folder.stat().st_mode) == 0o700


@given(st.text(), st.none() | st.text())
def test_names_are_safe_everywhere(url: str, walk: str | None) -> None:
    folder, _, name = page_key(url, walk).partition("/")
    assert name.isalnum()
    assert folder.replace("-", "").isalnum()
    assert len(folder) + len(name) < 64


def test_two_walks_and_single_answers_have_different_names() -> None:
    keys = {page_key(url, walk) for url in ("u", "v") for walk in (None, "", "a", "b")}
    assert len(keys) == 8


def damage(file: Path, how: str) -> None:
    content = file.read_bytes()
    file.write_bytes(
        {
            "empty": b"",
            "half": content[: len(content) // 2],
            "last byte gone": content[:-1],
            "foreign": b"SQLite format 3\x00",
            "older format": content.replace(b"page-1", b"page-0"),
            "one bit": content[:40] + bytes([content[40] ^ 1]) + content[41:],
            "head only": content[:14],
        }[how]
    )


@pytest.mark.parametrize("how", ["empty", "half", "last byte gone", "foreign", "older format", "one bit", "head only"])
def test_a_damaged_file_counts_as_not_there_and_is_replaced(shelf: PagesCache, how: str) -> None:
    key = page_key("u", "walk")
    shelf.save_response(response(b'{"data": "some text that is long enough to be cut"}'), key)
    damage(only_file(shelf), how)
    assert shelf.get_response(key) is None
    shelf.save_response(response(b"whole"), key)
    assert shelf.get_response(key).content == b"whole"


def test_a_folder_in_a_files_place_counts_as_not_there(shelf: PagesCache) -> None:
    key = page_key("u", "walk")
    (shelf.folder / f"{key}.page").mkdir(parents=True)
    assert shelf.get_response(key) is None
    shelf.save_response(response(), key)
    assert shelf.failure


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("step", ["write_bytes", "replace", "touch"])
def test_a_full_or_read_only_disk_leaves_what_was_there(
    shelf: PagesCache, monkeypatch: pytest.MonkeyPatch, error: int, step: str
) -> None:
    key = page_key("u", "walk")
    shelf.save_response(response(b"before"), key)

    def fail(*_: object, **__: object) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as broken:
        broken.setattr(Path, step, fail)
        shelf.save_response(response(b"after"), key)
    assert os.strerror(error) in shelf.failure
    assert "goes on" in shelf.failure
    assert shelf.get_response(key).content == b"before"
    only_file(shelf)


def test_a_walk_is_counted_and_dropped_alone(shelf: PagesCache) -> None:
    for walk in ("a", "b", None):
        for page in range(3):
            shelf.save_response(response(), page_key(f"u{page}", walk))
    assert shelf.pages_of("a") == 3
    shelf.drop_walk("a")
    shelf.drop_walk("never begun")
    assert (shelf.pages_of("a"), shelf.pages_of("b")) == (0, 3)
    assert len(shelf.responses) == 6


def test_one_answer_is_forgotten_alone(shelf: PagesCache) -> None:
    keys = [page_key(url, "a") for url in "uv"]
    for key in keys:
        shelf.save_response(response(), key)
    shelf.forget(keys[0])
    shelf.forget(keys[0])
    assert list(shelf.responses) == [keys[1]]


def test_info_and_clear_tell_size_and_age(shelf: PagesCache) -> None:
    assert shelf.info().files == 0
    assert shelf.clear() == 0
    for number, url in enumerate("uvw"):
        shelf.save_response(response(), page_key(url, "walk" if number else None))
        os.utime(shelf.folder / f"{page_key(url, 'walk' if number else None)}.page", (NOW - number * 100,) * 2)
    (shelf.folder / "single" / "left.part").write_bytes(b"half")  # as a crash leaves it
    os.utime(shelf.folder / "single" / "left.part", (NOW - 5000,) * 2)
    before = shelf.info()
    assert (before.files, before.oldest, before.newest) == (4, NOW - 5000, NOW)
    freed = shelf.clear(older_than=dt.timedelta(seconds=150))
    assert shelf.info().files == 2
    assert freed == before.bytes - shelf.info().bytes
    shelf.clear()
    assert shelf.info().files == 0


def test_readers_never_see_half_of_what_others_write(shelf: PagesCache) -> None:
    key = page_key("u", "walk")
    contents = [bytes([65 + n]) * 20_000 for n in range(4)]
    shelf.save_response(response(contents[0]), key)
    other = PagesCache(shelf.folder)

    def write(content: bytes) -> None:
        for _ in range(40):
            other.save_response(response(content), key)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    seen = [shelf.get_response(key) for _ in range(200)]
    for thread in threads:
        thread.join()
    assert all(one is not None and one.content in contents for one in seen)
    only_file(shelf)
