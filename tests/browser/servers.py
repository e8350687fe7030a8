"""Jupyter servers of a test's own: folders, settings and ports that nothing else shares; loopback alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "browser-tests"
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
#: Kernels know the documented limits five times as fast, else the list of orders alone would wait for ten seconds.
QUICK_LIMITS = """
from scalev_frames import settings
settings.DOCUMENTED_LIMITS.update(v2=((30, 1.0),), v3=((100, 2.0),))
"""
#: A server ends with the tests that started it, however those end.
LEASH = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


@dataclass
class Server:
    """A running server.

    Attributes:
        url: its address, without a closing slash.
        folder: where its notebooks are.
        home: everything it may write to lies below.
        log: what it said.
    """

    url: str
    folder: Path
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def end_kernels(self, name: str) -> None:
        """End the kernels that notebooks of this name have left behind."""
        for session in json.loads(self._call("/api/sessions")):
            if session["path"] == name:
                self._call(f"/api/sessions/{session['id']}", "DELETE")

    def _call(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {TOKEN}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            read: bytes = answer.read()
        return read

    def stop(self) -> None:
        """End it and its kernels."""
        self.process.terminate()
        _end(self.process, self.process.kill)


def start_lab(home: Path, **environment: str) -> Server:
    """JupyterLab; Notebook 7 answers below ``/notebooks`` of the same server."""
    settings = home / "app-settings"
    settings.mkdir(parents=True)
    (settings / "overrides.json").write_text(json.dumps(SETTINGS))
    options = [
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        f"--LabApp.app_settings_dir={settings}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LanguageServerManager.autodetect=False",  # asks npm, for seconds
        "--debug",  # the log holds what a key could be in
    ]
    return _start(home, ["jupyterlab"], "/api", options, environment)


def start_voila(home: Path, notebook: Path, *options: str, **environment: str) -> Server:
    """Voila, serving one notebook; its kernels' connection files are below ``home``."""
    runtime = home / "runtime"
    runtime.mkdir(parents=True)
    command = ["voila", str(notebook), "--template=scalev", f"--Voila.connection_dir_root={runtime}"]
    return _start(home, command, "/", list(options), environment, voila=True)


@contextmanager
def run_verb(home: Path, command: list[str]) -> Iterator[str]:
    """Run a verb of the command line that serves something; gives its address, and ends it and what it started."""
    port = _free_port()
    log = home / "verb.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*LEASH, *command, f"--port={port}"], cwd=home, env=_environment(home), stdout=said,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        server = Server(f"http://127.0.0.1:{port}", home, home, log, process)
        _wait(server, "/")
        yield server.url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        _end(process, lambda: os.killpg(process.pid, signal.SIGKILL))


def _end(process: subprocess.Popen[bytes], kill: Callable[[], None]) -> None:
    """Wait for a process that was asked to end; kill it when it does not."""
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        kill()
        process.wait(10)


def _start(
    home: Path, command: list[str], ready: str, options: list[str], environment: dict[str, str], *, voila: bool = False
) -> Server:
    folder = home / "work"
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    app = "Voila" if voila else "ServerApp"
    common = [f"--{app}.ip=127.0.0.1", f"--{app}.port={port}", "--no-browser"]
    if not voila:
        common += ["--allow-root", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "quick_limits.py").write_text(QUICK_LIMITS)
    log = home / "server.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*LEASH, sys.executable, "-m", *command, *common, *options],
            cwd=folder, env=_environment(home) | environment, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", folder, home, log, process)
    try:
        _wait(server, ready)
    except BaseException:
        server.stop()
        raise
    return server


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PYTHONPATH") if name in os.environ}
    folders = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "SCALEV_CACHE_DIR": home / "cache",
    }
    return {
        **kept,
        **{name: str(path) for name, path in folders.items()},
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONWARNINGS": "default",
    }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(server: Server, ready: str) -> None:
    until = time.monotonic() + 300  # a start is a few seconds of computing, and the machine may be another's, too
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}{ready}?token={TOKEN}", timeout=20):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not come up:\n{server.log.read_text()[-3000:]}")
