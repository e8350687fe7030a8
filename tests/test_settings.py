"""What can be set is checked before anything is sent."""

from __future__ import annotations

import pytest

import scalev_frames as sf
from scalev_frames.errors import BadValueError
from scalev_frames.settings import Settings
from scalev_frames.wire.credentials import Key

KEY = "sk_example_0123456789"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://api.scalev.id/v2", "https://api.scalev.id/v2"),
        ("https://api.scalev.id/v2/", "https://api.scalev.id/v2"),
        (" https://api.scalev.com/v2// ", "https://api.scalev.com/v2"),
        ("https://api.scalev.id", "https://api.scalev.id/v2"),
        ("https://API.scalev.com/", "https://API.scalev.com/v2"),
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


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({"base_url": "http://api.scalev.id/v2"}, "plain http"),
        ({"base_url": "api.scalev.id/v2"}, "not a web address"),
        ({"base_url": "https://u:p@api.scalev.id/v2"}, "address alone"),
        ({"base_url": "https://api.scalev.id/v2?token=x"}, "address alone"),
        ({"base_url": "https://api.scalev.id /v2"}, "blank"),
        ({"base_url": "https://api.scalev.com/v3"}, "speaks v2"),
        ({"base_url": "https://api.scalev.com/V1/"}, "speaks v2"),
        ({"base_url": "http://127.0.0.1:8000/proxy/v2.1"}, "speaks v2"),
        ({"api_key": '"sk_example_0123456789'}, "not an API key"),
        ({"api_key": "'sk_example\"0123456789'"}, "not an API key"),
        ({"time_zone": "Jakarta"}, "time zone"),
        ({"limits": [(0, 5.0)]}, "above zero"),
        ({"limits": []}, "above zero"),
        ({"api_key": "sk"}, "not an API key"),
    ],
)
def test_what_cannot_work_is_refused(how, word):
    with pytest.raises(BadValueError, match=word):
        sf.connect(**{"api_key": KEY, **how})


def test_another_version_says_what_to_do():
    with pytest.raises(BadValueError) as caught:
        Settings(base_url="https://api.scalev.com/v3/")
    assert "Let base_url end in /v2: https://api.scalev.com/v2." in str(caught.value)


@pytest.mark.parametrize("quoted", [f'"{KEY}"', f"'{KEY}'", f' "{KEY}" ', f"' {KEY}'"])
def test_a_key_pasted_with_its_quotes_is_the_key(quoted):
    assert Key(quoted) == Key(KEY)
