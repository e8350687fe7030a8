"""Keys that are typed, checked and stored by commands, with the address of their version."""

from __future__ import annotations

import sys

import keyring
import pytest
from key_store import MemoryStore

import scalev_frames as sf
from scalev_frames import cli


@pytest.mark.parametrize("key", ["--key=x", "--api-key", "--api_key=x", "--token", "sk_live_0123456789abcdefghij"])
def test_a_key_in_a_command_is_refused_and_said_to_stay_in_the_history(capsys, key):
    assert cli.main(["pull", "orders", key, "--out", "x.csv"]) == 2
    said = capsys.readouterr().err
    assert "stays in the shell's history" in said
    assert "0123456789" not in said


@pytest.mark.slow
def test_no_key(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert cli.main(["pull", "stores", "--quiet"]) == 2
    assert "SCALEV_API_KEY" in capsys.readouterr().err


def test_login_without_a_person_is_one_sentence(capsys, monkeypatch):
    def ended(_):
        raise EOFError

    keyring.set_keyring(MemoryStore())
    monkeypatch.setattr("getpass.getpass", ended)
    assert cli.main(["login"]) == 2
    assert "No API key was given" in capsys.readouterr().err


@pytest.mark.slow
def test_login_takes_a_restricted_key_that_may_not_list_stores(sandbox, capsys, monkeypatch):
    keyring.set_keyring(MemoryStore())
    key = sandbox.restricted_key("order:list")
    monkeypatch.setattr("getpass.getpass", lambda _: key)
    assert cli.main(["login", "--profile", "orders-only", "--base-url", sandbox.base_url]) == 0
    said = capsys.readouterr().out
    assert "store:list" in said
    assert "'orders-only'" in said
    assert key not in said


@pytest.mark.slow
def test_login_stores_a_checked_key_and_accounts_show_it_without_the_key(sandbox, capsys, monkeypatch):
    keyring.set_keyring(MemoryStore())
    monkeypatch.setattr("getpass.getpass", lambda _: sandbox.api_key)
    assert cli.main(["login", "--profile", "brand-a", "--base-url", sandbox.base_url]) == 0
    assert cli.main(["accounts"]) == 0
    assert cli.main(["pull", "stores", "--profile", "brand-a", "--quiet"]) == 0
    said = capsys.readouterr()
    assert "sees 6 stores" in said.out
    assert sandbox.base_url in said.out
    assert sandbox.api_key not in said.out + said.err
    assert cli.main(["accounts", "--forget", "brand-a"]) == 0
    assert cli.main(["accounts"]) == 0
    assert "No stored profiles" in capsys.readouterr().out


@pytest.mark.slow
def test_a_wrong_key_is_not_stored(sandbox, capsys, monkeypatch):
    store = MemoryStore()
    keyring.set_keyring(store)
    monkeypatch.setattr("getpass.getpass", lambda _: "sk_wrong_wrong_wrong")
    assert cli.main(["login", "--base-url", sandbox.base_url]) == 1
    assert store.kept == {}
    assert "sk_wrong" not in capsys.readouterr().err


@pytest.mark.slow
def test_the_version_is_an_option_of_every_call(sandbox, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SCALEV_API_KEY", sandbox.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.base_url)
    assert cli.main(["pull", "orders", "--api-version", "v3", "--out", str(tmp_path / "o.csv"), "--quiet"]) == 0
    assert f"all {len(sandbox.world.order_ids())} rows" in capsys.readouterr().out
    assert {one.version for one in sandbox.requests} == {"v3"}
    assert cli.main(["pull", "warehouses", "--api-version", "v3", "--quiet"]) == 2
    assert "warehouses is in v2 of the API, and this account speaks v3." in capsys.readouterr().err
    monkeypatch.setenv("SCALEV_API_BASE_URL", sandbox.url("v3"))
    assert cli.main(["pull", "warehouses", "--quiet"]) == 2
    assert cli.main(["report", "--out", str(tmp_path / "r.xlsx"), "--report", "daily", "--since", "2026-11-01",
                     "--until", "2026-11-23", "--quiet"]) == 0  # fmt: skip
    assert cli.main(["pull", "orders", "--api-version", "v4"]) == 2


@pytest.mark.slow
def test_login_stores_the_address_of_the_version_that_was_named(sandbox, capsys, monkeypatch):
    keyring.set_keyring(MemoryStore())
    monkeypatch.setattr("getpass.getpass", lambda prompt: sandbox.api_key)
    root = sandbox.base_url.removesuffix("/v2")
    for words, address in ([], root), (["--api-version", "v3"], sandbox.url("v3")):
        assert cli.main(["login", "--base-url", root, *words]) == 0
        assert sf.connect("default").settings.base_url == address
    assert len(sf.stores(progress=False)) == 6
    assert cli.main(["pull", "stores", "--profile", "default", "--api-version", "v2", "--quiet"]) == 0
    assert [one.version for one in sandbox.requests][-2:] == ["v3", "v2"]
