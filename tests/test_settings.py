"""What can be set is checked before anything is sent."""

from __future__ import annotations

import datetime as dt
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

import scalev_frames as sf
from scalev_frames.errors import BadValueError
from scalev_frames.sandbox import Sandbox
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

KEY = "sk_example_0123456789"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://api.scalev.id/v2", "https://api.scalev.id/v2"),
        ("https://api.scalev.id/v2/", "https://api.scalev.id/v2"),
        (" https://api.scalev.com/v2// ", "https://api.scalev.com/v2"),
        ("https://api.scalev.id", "https://api.scalev.id"),
        ("https://API.scalev.com/V2", "https://API.scalev.com/v2"),
        ("https://api.scalev.com/v3/", "https://api.scalev.com/v3"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://scalev.example/proxy/v2", "https://scalev.example/proxy/v2"),
    ],
)
def test_an_address_in_every_dress(given, used):
    assert Settings(base_url=given).base_url == used


def test_the_environment_is_honoured(monkeypatch, tmp_path):
    monkeypatch.setenv("SCALEV_API_KEY", KEY)
    monkeypatch.setenv("SCALEV_API_BASE_URL", "https://api.scalev.com/v2/")
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path / "here"))
    api = sf.connect()
    assert api.settings.base_url == "https://api.scalev.com/v2"
    assert api.settings.cache_dir == tmp_path / "here"
    assert api.key_hint == "sk_…6789"
    chosen = sf.connect(
        api_key="rk_other_0123456789", base_url="https://api.scalev.id/v2", cache_dir=tmp_path / "there"
    )
    assert (chosen.key_hint, chosen.settings.cache_dir) == ("rk_…6789", tmp_path / "there")
    assert chosen.settings.base_url == "https://api.scalev.id/v2"


def test_a_cache_folder_may_begin_at_home(monkeypatch, tmp_path):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("SCALEV_CACHE_DIR", "~/scalev")
    assert sf.connect(api_key=KEY).settings.cache_dir == tmp_path / "scalev"
    assert sf.connect(api_key=KEY, cache_dir="~/other").settings.cache_dir == tmp_path / "other"


def test_a_cache_folder_stays_where_it_was_when_the_working_folder_changes(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCALEV_CACHE_DIR", "kept")
    api, other = sf.connect(api_key=KEY), sf.connect(api_key=KEY, cache_dir="./there")
    monkeypatch.chdir("/")
    assert api.settings.cache_dir == tmp_path / "kept"
    assert other.settings.cache_dir == tmp_path / "there"


@pytest.mark.parametrize("given", ["~nobody-of-this-name/kept", "~nobody-of-this-name", "kept\udcff"])
def test_a_path_that_no_folder_can_have_is_refused(monkeypatch, given):
    with pytest.raises(BadValueError, match="cannot be a folder"):
        sf.connect(api_key=KEY, cache_dir=given)
    monkeypatch.setenv("SCALEV_CACHE_DIR", given)
    with pytest.raises(BadValueError, match="cannot be a folder"):
        sf.connect(api_key=KEY)


@pytest.mark.parametrize("answer", ["~/.cache/scalev_frames", None])
def test_a_user_without_a_home_can_fetch_and_keeps_nothing(monkeypatch, tmp_path, answer, caplog):
    def folder(name, *, appauthor):
        if answer is None:
            raise RuntimeError("could not determine the home directory")
        return Path(answer)

    def expanded(path):
        if path.parts[0] == "~":
            raise RuntimeError("Could not determine home directory.")
        return path

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCALEV_CACHE_DIR")
    monkeypatch.setattr(Path, "expanduser", expanded)
    monkeypatch.setattr("scalev_frames.settings.user_cache_path", folder)
    monkeypatch.setattr("scalev_frames.settings.user_state_path", folder)
    monkeypatch.setattr("scalev_frames.wire.limits._IN_MEMORY", {})  # it is said once
    with Sandbox(30) as running, sf.connect(api_key=running.api_key, base_url=running.base_url) as api:
        orders = api.orders(progress=False)
    assert len(orders) == 30
    assert any("could not be kept" in note for note in orders.attrs["notes"])
    assert "cannot be used" in caplog.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"base_url": "http://api.scalev.id/v2"}, "plain http"),
        ({"base_url": "api.scalev.id/v2"}, "not a web address"),
        ({"base_url": "https://u:p@api.scalev.id/v2"}, "address alone"),
        ({"base_url": "https://api.scalev.id/v2?token=x"}, "address alone"),
        ({"base_url": "https://api.scalev.id /v2"}, "blank"),
        ({"base_url": "https://api.scalev.com/v4"}, "speaks v2 and v3"),
        ({"base_url": "https://api.scalev.com/V1/"}, "speaks v2 and v3"),
        ({"base_url": "http://127.0.0.1:8000/proxy/v2.1"}, "speaks v2 and v3"),
        ({"base_url": "http://127.0.0.1:8000/proxy/v1", "version": "v3"}, "speaks v2 and v3"),
        ({"version": "v4"}, "none of auto, v2, v3"),
        ({"api_key": '"sk_example_0123456789'}, "not an API key"),
        ({"api_key": "'sk_example\"0123456789'"}, "not an API key"),
        ({"time_zone": "Jakarta"}, "time zone"),
        ({"limits": [(0, 5.0)]}, "above zero"),
        ({"limits": []}, "above zero"),
        ({"limits": 5}, "pairs of requests and seconds"),
        ({"limits": (30, 5)}, "pairs of requests and seconds"),
        ({"limits": {30: 5}}, "pairs of requests and seconds"),
        ({"limits": [(30, 5, 1)]}, "pairs of requests and seconds"),
        ({"limits": [(float("inf"), 5)]}, "pairs of requests and seconds"),
        ({"limits": [(30, float("nan"))]}, "above zero"),
        ({"limits": [(30, float("inf"))]}, "above zero"),
        ({"time_zone": None}, "time zone"),
        ({"time_zone": dt.UTC}, "time zone"),
        ({"version": 3}, "none of auto, v2, v3"),
        ({"base_url": b"https://api.scalev.id"}, "not a web address"),
        ({"base_url": Path("/v2")}, "not a web address"),
        ({"api_key": "sk"}, "not an API key"),
    ],
)
def test_what_cannot_work_is_refused(how, word):
    with pytest.raises(BadValueError, match=word):
        sf.connect(**{"api_key": KEY, **how})


@pytest.mark.parametrize(
    "address",
    ["https://u:hidden@x/v2", "https://u:hidden@x/v7", "https://u:hidden@x y/v2", "//hidden@x", "https://x/?t=hidden",
     "https://x y/?t=hidden", "https://x/#hidden"],
)  # fmt: skip
def test_an_address_with_a_password_is_refused_without_repeating_it(address):
    with pytest.raises(BadValueError, match="address alone") as caught:
        Settings(base_url=address)
    assert "hidden" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "refused",
    [
        lambda: sf.connect(api_key=KEY, base_url="ftp://x"),
        lambda: sf.connect(api_key=KEY, time_zone="Jakarta"),
        lambda: sf.connect(api_key=f"{KEY} # of the shop"),
        lambda: sf.connect_many([KEY, KEY]),
        lambda: sf.connect_many({"a": KEY, "b": f"{KEY} # of the shop"}),
        lambda: sf.connect_many({"a": KEY}, version="v4"),
    ],
)
def test_no_frame_of_a_refused_connection_shows_the_key(refused, tmp_path, monkeypatch):
    """As debuggers and programs that report errors show frames, with their values."""
    monkeypatch.setenv("SCALEV_CACHE_DIR", str(tmp_path))
    with pytest.raises(BadValueError) as caught:
        refused()
    frames = inspect.getinnerframes(caught.value.__traceback__)[2:]
    assert frames
    assert KEY not in repr([one.frame.f_locals for one in frames])
    assert caught.value.__context__ is None


@pytest.mark.parametrize("lacking", ["settings.ZoneInfo", "settings.pc.local_timestamp"])
def test_a_computer_without_time_zones_is_told_what_to_install(lacking, monkeypatch):
    """As small containers are."""

    def fail(*_):
        raise ValueError

    monkeypatch.setattr(f"scalev_frames.{lacking}", fail)
    with pytest.raises(BadValueError, match=r"no time zone named 'UTC'.*install its package tzdata"):
        Settings()


def test_another_version_says_what_to_do():
    with pytest.raises(BadValueError) as caught:
        Settings(base_url="https://api.scalev.com/v1/")
    assert "Leave the version out: https://api.scalev.com." in str(caught.value)


@pytest.mark.parametrize(
    ("address", "version", "used", "spoken"),
    [
        ("https://api.scalev.id", "v3", "https://api.scalev.id/v3", "v3"),
        ("https://api.scalev.id/v2", "v3", "https://api.scalev.id/v3", "v3"),
        ("https://api.scalev.id/v3/", "v2", "https://api.scalev.id/v2", "v2"),
        ("https://api.scalev.id/v3", "auto", "https://api.scalev.id/v3", "v3"),
        ("http://127.0.0.1:8000/proxy", "V3", "http://127.0.0.1:8000/proxy/v3", "v3"),
        ("http://127.0.0.1:8000/proxy", "auto", "http://127.0.0.1:8000/proxy", "v2"),
    ],
)
def test_a_version_takes_the_place_of_the_one_in_the_address(address, version, used, spoken):
    settings = Settings(base_url=address, version=version)
    assert (settings.base_url, settings.spoken) == (used, spoken)


def test_another_address_names_its_own_version_unless_one_was_given():
    named = Settings(base_url="https://api.scalev.id/v2")
    assert replace(named, base_url="https://api.scalev.com/v3").spoken == "v3"
    given = Settings(base_url="https://api.scalev.id/v2", version="v2")
    assert replace(given, base_url="https://api.scalev.com/v3").base_url == "https://api.scalev.com/v2"


def test_the_environment_names_a_version(monkeypatch, tmp_path):
    for name, value in {"KEY": KEY, "BASE_URL": "https://api.scalev.com/v2", "VERSION": "v3"}.items():
        monkeypatch.setenv(f"SCALEV_API_{name}", value)
    assert sf.connect(cache_dir=tmp_path).settings.base_url == "https://api.scalev.com/v3"
    assert sf.connect(cache_dir=tmp_path, version="auto").settings.base_url == "https://api.scalev.com/v2"
    monkeypatch.setenv("SCALEV_API_VERSION", "3")
    with pytest.raises(BadValueError, match="version='3' is none of"):
        sf.connect(cache_dir=tmp_path)


def test_each_version_has_its_own_limits_unless_some_are_given():
    by_version = {version: Settings(version=version).windows for version in ("v2", "v3", "auto")}
    assert by_version["v2"] == by_version["auto"] == ((30, 5.0), (10_000, 3600.0))
    assert by_version["v3"] == ((100, 10.0), (10_000, 3600.0))
    assert Settings(version="v3", limits=((7, 1.0),)).windows == ((7, 1.0),)


@pytest.mark.parametrize("quoted", [f'"{KEY}"', f"'{KEY}'", f' "{KEY}" ', f"' {KEY}'"])
def test_a_key_pasted_with_its_quotes_is_the_key(quoted):
    assert Key(quoted) == Key(KEY)
