"""The key goes where it may, shows itself nowhere, and is stored safely or not at all."""

from __future__ import annotations

import pickle
import stat
import sys
import traceback

import keyring
import pytest
from key_store import MemoryStore

from scalev_frames.errors import BadValueError, CredentialStoreError, KeyMissingError
from scalev_frames.storage.salt import load_salt
from scalev_frames.wire import credentials
from scalev_frames.wire.credentials import Key

SECRET = "sk_0123456789abcdefSECRET"


class BrokenStore(MemoryStore):
    def __init__(self, fail):
        super().__init__()
        self.fail = fail

    def get_password(self, service, username):
        self.fail(SECRET)

    def set_password(self, service, username, password):
        self.fail(password)


class PlaintextKeyring(MemoryStore):
    """Named as the one that writes keys into a file."""


@pytest.fixture
def store(monkeypatch):
    made = MemoryStore()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(keyring, "get_password", made.get_password)
    monkeypatch.setattr(keyring, "set_password", made.set_password)
    monkeypatch.setattr(keyring, "delete_password", made.delete_password)
    return made


def use(monkeypatch, made):
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(keyring, "get_password", made.get_password)
    monkeypatch.setattr(keyring, "set_password", lambda *words: made.set_password(*words))


def test_a_key_never_shows_itself():
    key = Key(f"  {SECRET}\n")
    assert key.reveal() == SECRET
    shown = f"{key} {key!r} {key.hint} {[key]} {key.name(b's', 'https://x')}"
    assert SECRET not in shown
    assert "0123456789" not in shown
    with pytest.raises(TypeError, match="connect in each process"):
        pickle.dumps(key)
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("bad", ["", " ", "sk_a b_c_d_e_f", "sk_ümlaut_0123", "sk_line\nbreak0", None, 12345678])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(bad):
    with pytest.raises(BadValueError) as caught:
        Key(bad)
    text = "".join(traceback.format_exception(caught.value))
    assert "sk_ümlaut" not in text
    assert "line\nbreak" not in str(caught.value)


def test_a_variable_that_holds_no_key_is_named(monkeypatch):
    monkeypatch.setenv("SCALEV_API_KEY", "sk_environment_1234 # of the shop")
    with pytest.raises(BadValueError, match="What SCALEV_API_KEY holds is not an API key") as caught:
        credentials.find_key(None, None)
    assert "1234" not in str(caught.value)


def test_the_kind_of_key():
    assert [Key(f"{start}0123456789").kind for start in ("sk_", "rk_", "xx_")] == ["full", "restricted", "unknown"]


def test_folder_names_part_keys_hosts_and_machines():
    key, other = Key(SECRET), Key(SECRET + "2")
    names = {
        key.name(b"a", "https://api/v2"),
        key.name(b"b", "https://api/v2"),
        key.name(b"a", "https://else/v2"),
        other.name(b"a", "https://api/v2"),
    }
    assert len(names) == 4
    assert key.name(b"a", "https://api/v2/") == key.name(b"a", "https://api/v2")


def test_order_of_places(store, monkeypatch):
    monkeypatch.setenv("SCALEV_API_KEY", "sk_environment_1234")
    credentials.store_key("default", Key("sk_default_12345678"), base_url="https://a")
    credentials.store_key("brand-a", Key("sk_brand_a_12345678"), base_url="https://b")
    find, where = credentials.find_key, credentials.stored_address
    assert find("sk_argument_1234567", "brand-a").reveal() == "sk_argument_1234567"
    assert find(None, "brand-a").reveal() == "sk_brand_a_12345678"
    assert find(None, None).reveal() == "sk_environment_1234"
    assert where("sk_argument_1234567", "brand-a") is None
    assert where(None, "brand-a") == "https://b"
    assert where(None, None) is None
    monkeypatch.delenv("SCALEV_API_KEY")
    assert find(None, None).reveal() == "sk_default_12345678"
    assert where(None, None) == "https://a"
    credentials.forget_key("default")
    assert where(None, None) is None
    assert find(None, None, prompt=lambda: "sk_prompt_12345678").reveal() == "sk_prompt_12345678"


def test_no_key_anywhere(store, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.delenv("SCALEV_API_KEY", raising=False)
    with pytest.raises(KeyMissingError, match="login"):
        credentials.find_key(None, None)


def test_profiles(store):
    credentials.store_key("b", Key(SECRET), base_url="https://b/v2")
    credentials.store_key("a", Key("rk_0123456789abcdef"), base_url="https://a/v2")
    credentials.store_key("b", Key(SECRET + "9"), base_url="https://c/v2")
    assert [(one.name, one.hint, one.base_url) for one in credentials.list_profiles()] == [
        ("a", "rk_…cdef", "https://a/v2"),
        ("b", "sk_…RET9", "https://c/v2"),
    ]
    index = store.kept[credentials.SERVICE, "(profiles)"]
    assert SECRET not in index
    credentials.forget_key("a")
    assert [one.name for one in credentials.list_profiles()] == ["b"]
    with pytest.raises(KeyMissingError, match="Stored are: b"):
        credentials.load_key("a")
    with pytest.raises(KeyMissingError):
        credentials.forget_key("a")


def test_a_broken_index_is_no_profiles(store):
    store.kept[credentials.SERVICE, "(profiles)"] = '{"not": "a list"}'
    assert credentials.list_profiles() == []


@pytest.mark.parametrize("name", ["", "(profiles)", "../x", "a/b", "x" * 65])
def test_profile_names(store, name):
    with pytest.raises(BadValueError):
        credentials.store_key(name, Key(SECRET), base_url="https://a")


def test_a_stored_key_goes_to_the_address_it_was_stored_for(store, monkeypatch):
    import scalev_frames as sf

    credentials.store_key("default", Key("sk_default_12345678"), base_url="https://own.example/v2")
    monkeypatch.setenv("SCALEV_API_BASE_URL", "https://other.example/v2")
    assert sf.connect().settings.base_url == "https://own.example/v2"
    assert sf.connect(base_url="https://third.example/v2").settings.base_url == "https://third.example/v2"
    monkeypatch.setenv("SCALEV_API_KEY", "sk_environment_1234")
    assert sf.connect().settings.base_url == "https://other.example/v2"


def test_a_store_that_keeps_keys_in_clear_is_refused(monkeypatch):
    made = PlaintextKeyring()
    use(monkeypatch, made)
    with pytest.raises(CredentialStoreError, match="SCALEV_API_KEY"):
        credentials.store_key("a", Key(SECRET), base_url="https://a")
    assert made.kept == {}


def test_no_store_at_all_is_refused(monkeypatch):
    use(monkeypatch, keyring.backends.fail.Keyring())
    with pytest.raises(CredentialStoreError):
        credentials.load_key("a")


def is_locked(key):
    raise keyring.errors.KeyringLocked(f"locked {key}")


def asserts(key):
    raise AssertionError(key)


def cannot_decode(key):
    (key.encode() + b"\xff").decode()


@pytest.mark.parametrize("fail", [is_locked, asserts, cannot_decode])
def test_a_store_that_is_locked_or_fails_is_one_sentence_without_the_key(monkeypatch, fail):
    use(monkeypatch, BrokenStore(fail))
    with pytest.raises(CredentialStoreError):
        credentials.list_profiles()
    with pytest.raises(CredentialStoreError) as caught:
        credentials.store_key("a", Key(SECRET), base_url="https://a")
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert SECRET not in "".join(shown.format())


def test_the_salt_is_made_once_and_private(tmp_path):
    folder = tmp_path / "new"
    salt = load_salt(folder)
    assert len(salt) == 32
    assert load_salt(folder) == salt
    assert [file.name for file in folder.iterdir()] == ["salt"]
    if sys.platform != "win32":
        assert stat.S_IMODE((folder / "salt").stat().st_mode) == 0o600
    (folder / "salt").write_bytes(b"half")
    repaired = load_salt(folder)
    assert len(repaired) == 32
    assert load_salt(folder) == repaired


def test_no_salt_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert len(load_salt(tmp_path / "file" / "deeper")) == 32


@pytest.mark.parametrize(
    "good", ["https://api.scalev.id/v2", "http://127.0.0.1:8123/v2", "http://localhost/v2", "http://[::1]:80"]
)
def test_where_the_key_may_go(good):
    assert credentials.check_destination(good) is None


@pytest.mark.parametrize(
    "bad",
    ["http://api.scalev.id/v2", "ftp://127.0.0.1", "api.scalev.id/v2", "", "https://", "http://127.0.0.1.evil.test/",
     "http://localhost.evil.test", "http://[::1", "https://x:port/"],
)  # fmt: skip
def test_where_it_may_not(bad):
    with pytest.raises(BadValueError):
        credentials.check_destination(bad)


@pytest.mark.parametrize("value", ["sk_", "sk_with spaces_0123456789", "", None])
def test_a_traceback_that_shows_values_can_show_a_key_that_is_refused(value):
    with pytest.raises(BadValueError) as caught:
        Key(value)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "<Key …>" in "".join(shown.format())
