"""A key that was pasted where it does not belong is refused, is not sent, and is repeated by no error."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

import scalev_frames as sf
from scalev_frames.cli import main
from scalev_frames.errors import ConnectionFailedError
from scalev_frames.redact import holds_key, without_keys
from scalev_frames.reports import Definitions, compare, report

SECRET = "AbCdEfGhIjKlMnOp0123456789"
KEYS = [f"sk_{SECRET}", f"rk_live_{SECRET}", f"Bearer sk_{SECRET}", f"eyJhbGciOiJIUzI1NiJ9.{SECRET}.{SECRET}"]
ADDRESS = "http://127.0.0.1:9/v2"
ORDERS = pd.DataFrame({"status": ["rts"], "created_at": pd.to_datetime(["2026-11-01T00:00Z"])})


def connect(**how):
    return sf.connect(**{"api_key": "sk_example_0123456789", "base_url": ADDRESS, **how})


CALLS = {
    "version": lambda key: connect(version=key),
    "time zone": lambda key: connect(time_zone=key),
    "money": lambda key: connect(money=key),
    "cache folder": lambda key: connect(cache_dir=f"/tmp/{key}"),
    "path of the address": lambda key: connect(base_url=f"https://api.scalev.id/{key}"),
    "user of the address": lambda key: connect(base_url=f"https://{key}@api.scalev.id/v2"),
    "query of the address": lambda key: connect(base_url=f"https://api.scalev.id/v2?token={key}"),
    "status": lambda key: connect().orders(status=key),
    "one of several": lambda key: connect().orders(status=["rts", key]),
    "search": lambda key: connect().orders(search=key),
    "a name": lambda key: connect().orders(**{key: 1}),
    "since": lambda key: connect().orders(since=key),
    "columns": lambda key: connect().orders(columns=[key]),
    "limit": lambda key: connect().orders(limit=key),
    "id": lambda key: connect().order(key),
    "endpoint": lambda key: connect().fetch(key),
    "path": lambda key: connect().get(f"/orders/{key}"),
    "parameter": lambda key: connect().get("/orders/x", raw=True, search=key),
    "business": lambda key: sf.connect_many({key: "sk_example_0123456789"}, base_url=ADDRESS),
    "report": lambda key: report(key, ORDERS),
    "group": lambda key: report("daily", ORDERS, by=key),
    "zone of a report": lambda key: Definitions(time_zone=key),
    "day": lambda key: compare("daily", ORDERS, key),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("call", CALLS)
def test_no_error_repeats_a_key_and_none_is_sent(call, key):
    with pytest.raises(sf.ScalevError) as caught:
        CALLS[call](key)
    error: BaseException | None = caught.value
    assert not isinstance(error, ConnectionFailedError)
    assert SECRET not in repr(pickle.loads(pickle.dumps(error)).__dict__)
    while error is not None:
        assert SECRET not in f"{error} {error!r} {vars(error)} {error.args}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "words",
    [["pull", "KEY"], ["pull", "orders", "--status", "KEY"], ["pull", "orders", "--out", "KEY"], ["KEY"], ["login", "KEY"],
     ["pull", "orders", "--KEY"], ["report", "--by", "KEY"], ["report", "--details-from", "KEY"], ["cache", "KEY"]],
    ids=" ".join,
)  # fmt: skip
def test_the_command_line_does_not_repeat_a_key(words, key, capsys, monkeypatch):
    monkeypatch.setenv("SCALEV_API_KEY", "sk_example_0123456789")
    monkeypatch.setenv("SCALEV_API_BASE_URL", ADDRESS)
    assert main([word.replace("KEY", key) for word in words]) in (1, 2)
    assert SECRET not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "words", [["KEY"], ["--KEY"], ["--port", "KEY"], ["--fault", "KEY"], ["--behaviour=KEY"]], ids=" ".join
)
def test_the_sandbox_does_not_repeat_a_key(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["sandbox", *(word.replace("KEY", KEYS[0]) for word in words)])
    assert SECRET not in "".join(capsys.readouterr())


@pytest.mark.parametrize("text", ["task_forces_abroad", "sk_2026", "rk_desk", "utm_source", "eyJoy", "sk_…6789"])
def test_words_that_are_no_keys_stay(text):
    assert without_keys(text) == text
    assert not holds_key(text)


@pytest.mark.parametrize("text", ["sk_lebaran_2026_promo", "rk_november_campaign"])
def test_what_only_looks_a_little_like_a_key_may_be_asked_for(text):
    assert not holds_key(text)
