"""Opens the notebooks in JupyterLab, or the workbench alone as a page (Voila).

Jupyter is started as a process of its own; nothing here reads a key.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from scalev_frames.errors import BadValueError, MissingPackageError

#: What ships with the package beside its modules: Voila's offline template.
SHARE = Path(__file__).parent / "share"
#: Where the notebooks are: in a checkout beside the package, else where an installation put them.
_NOTEBOOKS = (Path(__file__).parents[2] / "notebooks", Path(sys.prefix) / "share" / "scalev-frames" / "notebooks")
START = "01_start_here.ipynb"
#: What the page is: one cell, put anew each time.
PAGE = "workbench.ipynb"


def lab_command(folder: Path, *, page: bool = False, browser: bool = True, port: int | None = None) -> list[str]:
    """The command that opens the notebooks in ``folder``.

    Args:
        folder: where the notebooks are.
        page: the workbench alone, as a page, instead of JupyterLab.
        browser: whether a browser is opened.
        port: the port; any free one from Jupyter's own on when left out.

    >>> lab_command(Path("notebooks"), page=True, browser=False)[1:4]
    ['-m', 'voila', 'notebooks/workbench.ipynb']
    """
    start = (folder / START).as_posix()
    if page:
        command = ["voila", (folder / PAGE).as_posix(), "--template=scalev"]
        where = [f"--Voila.port={port}"] if port else []
    else:
        command = ["jupyterlab", start]
        where = [f"--ServerApp.port={port}"] if port else []
    return [sys.executable, "-m", *command, *where, *([] if browser else ["--no-browser"])]


def lab_environment(environment: dict[str, str] | None = None) -> dict[str, str]:
    """The environment in which Voila finds the offline template."""
    given = dict(os.environ if environment is None else environment)
    given["JUPYTER_PATH"] = os.pathsep.join(part for part in (str(SHARE), given.get("JUPYTER_PATH", "")) if part)
    return given


def put_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks that are missing in ``folder``; what is there already is left as it is.

    Returns:
        What was copied.

    Raises:
        BadValueError: no notebooks came with this installation.
    """
    source = next((one for one in _NOTEBOOKS if (one / START).is_file()), None)
    if source is None:
        raise BadValueError("No notebooks came with this installation.", advice="Start one with sf.workbench().")
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in sorted(source.glob("*.ipynb")) if not (folder / one.name).exists()]
    return [Path(shutil.copy(one, folder / one.name)) for one in missing]


def check_installed(*, page: bool) -> None:
    """Refuse to go on without JupyterLab, or without Voila for a page.

    Raises:
        MissingPackageError: it is not installed.
    """
    if importlib.util.find_spec("voila" if page else "jupyterlab") is None:
        raise MissingPackageError(f"{'Voila' if page else 'JupyterLab'} is not installed.")


def run_lab(folder: Path, *, page: bool = False, browser: bool = True, port: int | None = None) -> int:
    """Open the notebooks and wait until it ends; gives its exit code.

    Raises:
        MissingPackageError: Jupyter is not installed.
        BadValueError: there are no notebooks.
    """
    check_installed(page=page)
    put_notebooks(folder)
    if page:
        shutil.copy(SHARE / PAGE, folder / PAGE)
    command = lab_command(folder, page=page, browser=browser, port=port)
    return _run_until_stopped(command)


def _run_until_stopped(command: list[str]) -> int:
    """Run ``command``; when this process is asked to end, Jupyter is too, and ends its kernels."""
    started: list[subprocess.Popen[bytes]] = []

    def end(*_: object) -> None:
        for process in started:
            process.terminate()
        if not started:
            sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)  # before it starts, so that no signal comes too early
    try:
        started.append(subprocess.Popen(command, env=lab_environment()))  # noqa: S603 - our own command
        while True:
            try:
                return started[0].wait()
            except KeyboardInterrupt:  # Jupyter hears it, too, and asks whether it is meant
                continue
    finally:
        signal.signal(signal.SIGTERM, before)
        if started and started[0].poll() is None:
            started[0].terminate()
