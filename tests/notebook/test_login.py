"""Signing in: one request, the key nowhere but in memory, stored only when that is asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import keyring
import pytest
from key_store import MemoryStore
from processes import LONG

from scalev_frames import connection as accounts
from scalev_frames.connection import ask_with, connect, in_use
from scalev_frames.errors import AuthenticationError, KeyMissingError
from scalev_frames.notebook.panel import login as room
from scalev_frames.notebook.panel.login import Login
from scalev_frames.settings import Settings
from scalev_frames.sign_in import find_account, sign_in_by_prompt


@pytest.fixture
def store():
    made = MemoryStore()
    keyring.set_keyring(made)
    return made


def type_key(panel, text):
    """What the key box sends when a person types and presses Enter."""
    panel.key_box._handle_custom_msg({"kind": "key"}, [memoryview(text.encode())])
    assert panel.job.wait(LONG)


def state_of(widget):
    """Everything synced of a widget and of all below it, as a saved notebook would hold it."""
    seen, found = set(), []

    def visit(one):
        if one.model_id in seen:
            return
        seen.add(one.model_id)
        found.append(one.get_state())
        for name in one.keys:
            value = getattr(one, name)
            for child in value if isinstance(value, (list, tuple)) else [value]:
                if hasattr(child, "model_id"):
                    visit(child)

    visit(widget)
    return json.dumps(found, default=str)


def test_good_key_costs_one_request_and_shows_business_scope_and_stores(world, settings):
    panel = Login(settings=settings)
    before = len(world.requests)
    type_key(panel, f"  {world.api_key}\n")
    assert len(world.requests) == before + 1
    assert panel.status.state == "done"
    assert in_use() is panel.account
    said = panel._who.value
    assert world.api_key[-4:] in said
    assert "full access" in said
    assert "6 stores" in said
    assert world.world.rows("stores")[0]["name"] in said
    assert panel._entry.layout.display == "none"


def test_key_is_in_no_synced_state(world, settings):
    panel = Login(settings=settings)
    type_key(panel, world.api_key)
    state = state_of(panel.box)
    assert world.api_key[-4:] in state  # the hint is there, so this looks in the right place
    assert world.api_key not in state
    assert world.api_key[3:-4] not in state


def test_wrong_key_is_said_in_words_and_signs_nobody_in(settings):
    panel = Login(settings=settings, language="id")
    type_key(panel, "sk_wrong_0123456789abcdef")
    assert panel.status.state == "failed"
    assert panel.status.text.startswith("Kunci ditolak")
    assert panel.account is None
    assert in_use() is None
    assert "sk_wrong_0123456789abcdef" not in state_of(panel.box)


@pytest.mark.parametrize(("language", "said"), [("en", "not an API key"), ("id", "bukan kunci API")])
def test_what_is_no_key_is_refused_before_anything_is_sent(world, settings, language, said):
    panel = Login(settings=settings, language=language)
    before = len(world.requests)
    type_key(panel, "sk with spaces")
    assert panel.status.state == "failed"
    assert said in panel.status.text
    assert len(world.requests) == before


def test_restricted_key_without_stores_is_good_and_says_what_it_may_not(world, settings):
    panel = Login(settings=settings)
    type_key(panel, world.restricted_key("order:list"))
    assert panel.account is not None
    assert "restricted" in panel._who.value
    assert "store:list" in panel._who.value


@pytest.mark.slow
def test_key_is_stored_only_on_request_and_a_stored_profile_signs_in(world, settings, store):
    panel = Login(settings=settings)
    type_key(panel, world.api_key)
    assert store.kept == {}
    panel.forget()
    assert in_use() is None
    panel.remember.value = True
    panel.profile.value = "brand-a"
    type_key(panel, world.api_key)
    assert "brand-a" in panel.status.text
    assert store.kept["scalev-frames", "brand-a"] == world.api_key

    another = Login(settings=replace(settings, base_url="http://127.0.0.1:9/v2"))
    assert another.profiles.options == [("brand-a", "brand-a")]
    another._use_profile()
    another.job.wait(LONG)
    assert another.account.settings.base_url == world.base_url  # the address it was stored for
    assert another.account.name == "brand-a"
    another.forget()
    another._forget_profile()
    assert ("scalev-frames", "brand-a") not in store.kept
    assert another.profiles.options == []


def test_without_a_key_store_signing_in_works_and_says_that_nothing_was_stored(world, settings):
    panel = Login(settings=settings)
    panel.remember.value = True
    type_key(panel, world.api_key)
    assert panel.account is not None
    assert "not stored" in panel.status.text


def test_changing_the_key_keeps_the_account_until_the_new_key_is_good(world, settings):
    panel = Login(settings=settings)
    type_key(panel, world.api_key)
    first = panel.account
    panel._change_key()
    assert panel._entry.layout.display is None
    type_key(panel, "sk_wrong_0123456789abcdef")
    assert panel.account is first


def test_connect_in_a_notebook_shows_the_panel_then_finds_the_typed_key(world, monkeypatch):
    shown = []
    monkeypatch.setattr(room, "display", shown.append)
    monkeypatch.setenv("SCALEV_API_BASE_URL", world.base_url)
    ask_with(room.ask)
    with pytest.raises(KeyMissingError, match="panel"):
        connect()
    [panel] = shown
    assert isinstance(panel, Login)
    type_key(panel, world.api_key)
    api = connect()
    assert api.stores_simplified(progress=False)["name"].notna().all()
    assert len(shown) == 1


def test_nobody_is_asked_where_an_account_is_looked_for(world, monkeypatch):
    ask_with(lambda: pytest.fail("asked"))
    assert find_account() is None
    monkeypatch.setenv("SCALEV_API_KEY", world.api_key)
    monkeypatch.setenv("SCALEV_API_BASE_URL", world.base_url)
    assert find_account() is accounts.in_use()
    assert find_account().settings.base_url == world.base_url


def test_prompt_in_a_terminal_checks_stores_and_never_says_the_key(world, settings, store):
    said = []
    api = sign_in_by_prompt("shop", settings, ask_key=lambda: world.api_key, ask=lambda _: "y", say=said.append)
    assert api.name == "shop"
    assert store.kept["scalev-frames", "shop"] == world.api_key
    assert "6 stores" in said[0]
    assert world.api_key not in "".join(said)


def test_prompt_refuses_a_wrong_key_and_stores_nothing(settings, store):
    with pytest.raises(AuthenticationError):
        sign_in_by_prompt(settings=settings, ask_key=lambda: "sk_wrong_0123456789abcdef", ask=lambda _: "y", say=str)
    assert store.kept == {}


def test_default_settings_take_the_address_from_the_environment(monkeypatch):
    monkeypatch.setenv("SCALEV_API_BASE_URL", "http://127.0.0.1:9/v2")
    assert Login()._settings == Settings(base_url="http://127.0.0.1:9/v2")
