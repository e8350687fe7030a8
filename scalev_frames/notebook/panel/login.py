"""The sign-in panel: the key is typed once, checked, named, and stored only on request.

The key comes from the key box as a message, becomes a `Key` at once, and stays in this process.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace

import ipywidgets as ipw
from IPython.display import display

from scalev_frames.account import Account
from scalev_frames.connection import use
from scalev_frames.errors import BadValueError, CredentialStoreError, KeyMissingError, ScalevError
from scalev_frames.group import Group, Opened
from scalev_frames.notebook.panel.parts.elements import KeyBox, Select, Status
from scalev_frames.notebook.panel.parts.job import Job, Work
from scalev_frames.notebook.panel.parts.panel import Panel, button, row, show
from scalev_frames.settings import Settings, default_settings
from scalev_frames.sign_in import SignedIn, check_key, stored_profiles
from scalev_frames.wire.credentials import DEFAULT_PROFILE, Key, forget_key, load_key, store_key, stored_address
from scalev_frames.words import Words


@dataclass
class _Session:
    """The key typed in this session, so that `connect` finds it again: in this process's memory alone."""

    key: Key | None = None


_session = _Session()


def ask() -> str:
    """The key typed in this session; where there is none, the panel is shown and the cell ends.

    Raises:
        KeyMissingError: nothing was typed yet.
    """
    if _session.key is None:
        display(Login())  # type: ignore[no-untyped-call]
        raise KeyMissingError("No API key was found.", advice="Type it into the panel, then run this cell again.")
    return _session.key.reveal()


class Login(Panel):
    """The sign-in panel: key entry, stored profiles, what the key sees.

    Args:
        language: ``en`` or ``id``.
        settings: where and how; the defaults where left out.
        account: an account that is signed in already; nothing is sent.
        profile: what a key is called where it is stored, unless another name is typed.
        on_change: called with the account once its key is good, and with ``None`` when it is forgotten.

    Attributes:
        account: the account whose key is good, or ``None``.
        signed_in: what the server said to the key that was typed, or ``None``.

    >>> Login(language="id").account is None
    True
    """

    title = "login_title"

    def __init__(
        self,
        *,
        language: str = "en",
        settings: Settings | None = None,
        account: Opened | None = None,
        profile: str = DEFAULT_PROFILE,
        on_change: Callable[[Account | None], None] = lambda _: None,
    ) -> None:
        words = Words(language)
        self.account = account
        self.signed_in: SignedIn | None = None
        self._settings = settings or default_settings()
        self._on_change = on_change
        self._make_entry(words, profile)
        self.status = Status(words("login_title"))
        self.job = Job(self.status, words, self._busy)
        self._who = ipw.HTML()
        self._who.add_class("scalev-who")
        self._change = button(words("change_key"), "scalev-change-key", self._change_key)
        self._signed = row(
            self._who,
            self._change,
            button(words("forget_key"), "scalev-forget-key", self.forget),
            name="scalev-signed",
        )
        super().__init__(words, [self._signed, self._stored, self._entry, self.status])
        self.box.add_class("scalev-login")
        self._arrange()

    def use_key(self, key: Key, *, profile: str = "", base_url: str | None = None, remember: bool = False) -> None:
        """Check ``key`` in the background with one request and continue with it when it is good.

        Args:
            key: the key.
            profile: what to call it.
            base_url: the address it is for; that of the settings where left out.
            remember: store it under ``profile`` in the key store of the operating system.
        """
        settings = replace(self._settings, base_url=base_url) if base_url else self._settings

        def finish(signed_in: SignedIn) -> tuple[str, str]:
            self._accept(key, signed_in)
            return "done", self._remember_key(key, profile, settings.base_url) if remember else ""

        self.job.start(
            Work(self.words("checking_key"), lambda _: check_key(key, settings, name=profile), finish, lambda: None)
        )

    def forget(self) -> None:
        """Let the key go from this session; a stored profile stays until it is forgotten itself."""
        _session.key = None
        self.account = self.signed_in = None
        use(None)
        self._arrange()
        self.status.show("ready", self.words("forgotten"))
        self._on_change(None)

    # Parts -----------------------------------------------------------------------------------------------------------

    def _make_entry(self, words: Words, profile: str) -> None:
        self.key_box = KeyBox(words, self._typed)
        self.remember = ipw.Checkbox(value=False, description=words("remember"), indent=False)
        self.remember.add_class("scalev-remember")
        self.profile = ipw.Text(value=profile, description=words("profile_name"))
        self.remember.observe(lambda _: show(self.profile, self.remember.value), "value")
        show(self.profile, False)
        self._entry = ipw.VBox([self.key_box, row(self.remember, self.profile)])
        self.profiles = Select(words("profiles"))
        self._stored = row(
            self.profiles,
            button(words("profile_use"), "scalev-profile-use", self._use_profile),
            button(words("profile_forget"), "scalev-profile-forget", self._forget_profile),
        )

    def _arrange(self, *, asking: bool = False) -> None:
        """Who is signed in, and the ways to sign in where nobody is or another key is wanted."""
        asking = asking or self.account is None
        names = stored_profiles() if asking else []
        self.profiles.offer([(name, name) for name in names])
        show(self._signed, self.account is not None)
        show(self._stored, bool(names))
        show(self._entry, asking)
        self.key_box.filled = self.account is not None
        if self.account is not None:
            self._who.value = self._describe(self.account)
            self._change.description = self.words("change_key" if self.account.sandbox is None else "use_my_key")

    def _describe(self, account: Opened) -> str:
        """Business and scope, in words."""
        if account.sandbox is not None:
            return f"<strong>{html.escape(self.words('on_sandbox'))}</strong>"
        if isinstance(account, Group):
            several = self.words("signed_in_many", count=len(account.accounts), names=account.name)
            return f"<strong>{html.escape(several)}</strong>"
        kind = {"sk_": "full", "rk_": "restricted"}.get(account.key_hint[:3], "unknown")
        name = account.profile
        who = self.words("signed_in_as" if name else "signed_in", name=name, hint=account.key_hint)
        parts = [who, self.words(f"scope_{kind}")]
        if (said := self.signed_in) and said.may_list_stores:
            stores = ", ".join(said.stores[:4]) + ("\u00a0…" if len(said.stores) > 4 or said.more else "")
            counts = {"count": len(said.stores), "more": "+" * said.more}
            parts.append(self.words("sees_stores", business=", ".join(said.businesses), **counts, stores=stores))
        elif said:
            parts.append(self.words("sees_no_stores"))
        first, *rest = (html.escape(part) for part in parts)
        return f"<strong>{first}</strong> <span>{' · '.join(rest)}</span>"

    # What happens ----------------------------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        try:
            key = Key(text)
        except BadValueError:
            self.status.show("failed", self.words("key_bad"))
            return
        self.use_key(key, profile=self.profile.value if self.remember.value else "", remember=self.remember.value)

    def _accept(self, key: Key, signed_in: SignedIn) -> None:
        _session.key = key
        self.signed_in, self.account = signed_in, signed_in.account
        self._on_change(self.account)  # first, so that names can be chosen once "signed in" is read
        self._arrange()

    def _remember_key(self, key: Key, profile: str, base_url: str) -> str:
        try:
            store_key(profile, key, base_url=base_url)
        except (BadValueError, CredentialStoreError) as error:
            return self.words("not_remembered", why=self.words.error(error))
        return self.words("remembered", profile=profile)

    def _use_profile(self) -> None:
        name = self.profiles.value
        try:
            self.use_key(load_key(name), profile=name, base_url=stored_address(None, name))
        except ScalevError as error:
            self.status.show("failed", self.words.error(error))

    def _forget_profile(self) -> None:
        name = self.profiles.value
        try:
            forget_key(name)
        except ScalevError as error:
            self.status.show("failed", self.words.error(error))
            return
        self._arrange()
        self.status.show("ready", self.words("profile_forgotten", profile=name))

    def _change_key(self) -> None:
        self._arrange(asking=True)

    def _busy(self, running: bool) -> None:
        self.key_box.busy = running
