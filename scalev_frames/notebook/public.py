"""The functions that open the panels; nothing that draws is loaded before one is asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scalev_frames.account import Account
from scalev_frames.connection import ask_with, connect
from scalev_frames.group import Opened
from scalev_frames.notebook.sql_cell import register
from scalev_frames.packages import needing
from scalev_frames.progress import Reporter, show_with
from scalev_frames.settings import Version, default_settings
from scalev_frames.sign_in import find_account, sign_in_by_prompt

if TYPE_CHECKING:
    from scalev_frames.notebook.panel.login import Login
    from scalev_frames.notebook.panel.page import Page
    from scalev_frames.notebook.panel.workbench import Workbench


def workbench(
    account: Opened | None = None,
    *,
    language: str = "en",
    endpoint: str = "orders",
    folder: str | Path = "data/exports",
    days: str | None = "last_30_days",
) -> Workbench:
    """Scalev in Jupyter without writing code: name it on a cell's last line.

    Args:
        account: the account or group; else the current one, else that of ``SCALEV_API_KEY`` or the default profile,
            else the panel asks for the key.
        language: ``en`` or ``id``.
        endpoint: the list to begin with.
        folder: where exports go.
        days: the period chosen at first: ``today``, ``yesterday``, ``last_7_days``, ``last_30_days``, ``this_month`` or
            ``last_month``; ``None`` for none, and none on the embedded sandbox, which has its own days.

    Returns:
        The panel; its ``frame`` is what was fetched last.

    Raises:
        BadValueError: another language.
        UnknownNameError: no such list.

    >>> import scalev_frames as sf
    >>> bench = sf.workbench(language="id")
    """
    with needing("Panels need"):
        from scalev_frames.notebook.panel.workbench import Workbench

    found = account or find_account()
    on_sandbox = found is not None and found.sandbox is not None
    return Workbench(found, language=language, endpoint=endpoint, folder=folder, days=None if on_sandbox else days)


def page() -> Page:
    """The workbench as a page without cells, which `scalev-frames lab --page` shows.

    Returns:
        The page, in Indonesian where the computer speaks it, on the embedded sandbox where there is no key.

    >>> from scalev_frames.notebook.public import page
    >>> page().bench.account.sandbox is not None  # doctest: +SKIP
    True
    """
    with needing("Panels need"):
        from scalev_frames.notebook.panel.page import Page

    speaks = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Page(find_account() or connect(sandbox=True), language="id" if speaks.startswith(("id_", "in_")) else "en")


def login(
    profile: str = "default", *, base_url: str | None = None, version: Version | None = None, language: str = "en"
) -> Login | Account:
    """Sign in: a panel in a notebook, a prompt in a terminal. The key is checked with one request.

    Args:
        profile: what to call the key where it is stored in the operating system's key store, on request.
        base_url: the API's address; else ``SCALEV_API_BASE_URL``, else Scalev's.
        version: ``v2`` or ``v3`` of the API, else ``SCALEV_API_VERSION``, else ``auto``; see `connect`.
        language: ``en`` or ``id``.

    Returns:
        The panel, with the account in its ``account`` once the key is good; in a terminal the account.

    Raises:
        ScalevError: in a terminal: it is no key, or the server refused it.

    >>> import scalev_frames as sf
    >>> sf.login()  # doctest: +SKIP
    """
    settings = default_settings(base_url, version)
    if not in_notebook():
        return sign_in_by_prompt(profile, settings)
    with needing("Panels need"):
        from scalev_frames.notebook.panel.login import Login

    return Login(language=language, settings=settings, profile=profile)


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; IPython is not loaded to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def ask_in_notebook() -> None:
    """Let `connect` show the sign-in panel in a notebook when it finds no key, and let cells be SQL."""
    if in_notebook():
        ask_with(_ask)
        show_with(_live)
        register(sys.modules["IPython"].get_ipython())


def _live() -> Reporter:
    from scalev_frames.notebook.live import LiveLine

    return LiveLine()


def _ask() -> str:
    from scalev_frames.notebook.panel.login import ask

    return ask()
