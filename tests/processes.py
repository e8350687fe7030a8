"""Other processes of a test: each wait has an end, and a child that hangs or fails says where.

with started([sys.executable, "-c", code]) as running:
    assert read_line(running) == "ready\\n"

counts = in_forks(lambda name: len(api.orders(status=name)), ["pending", "completed"])
"""

from __future__ import annotations

import faulthandler
import gc
import itertools
import multiprocessing
import os
import select
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import IO, Any

#: Seconds after which a process counts as hung; a machine with much else to do takes some.
LONG = 120.0


@contextmanager
def started(command: list[Any], **how: Any) -> Iterator[subprocess.Popen[str]]:
    """A process whose output can be read line by line; killed at the end if it still runs."""
    process = subprocess.Popen(command, **{"stdout": subprocess.PIPE, "text": True, **how})
    try:
        yield process
    finally:
        kill(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def open_files() -> list[str]:
    """The files that this process has open; none where the system does not say."""
    found = []
    for one in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            found.append(str(one.readlink()))
    return found


def kill(process: subprocess.Popen[Any]) -> None:
    """End a process as ``kill -9`` does."""
    process.kill()
    process.wait(LONG)


def read_line(process: subprocess.Popen[str], seconds: float = LONG) -> str:
    """The next line that a process writes; an error if none is there in time."""
    assert process.stdout
    wait_until_readable(process.stdout, process, seconds)
    return process.stdout.readline()


def wait_until_readable(stream: IO[Any], process: subprocess.Popen[Any], seconds: float = LONG) -> None:
    """Return when there is something to read, or the end; an error if that takes too long. Works on POSIX."""
    if os.name == "posix" and not select.select([stream], [], [], seconds)[0]:
        raise TimeoutError(f"Process {process.pid} has written nothing for {seconds:.0f} seconds ({process.poll()}).")


def wait_until(true: Callable[[], Any], process: subprocess.Popen[Any] | None = None, seconds: float = LONG) -> None:
    """Return when ``true()`` is; an error if that takes too long, or if the process ends before."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"This is not so after {seconds:.0f} seconds.")
        if process is not None and process.poll() is not None:
            raise AssertionError(f"Process {process.pid} has ended: {process.poll()}.")
        time.sleep(0.01)


def kill_at_request(sandbox: Any, number: int, command: list[Any], pause: float = 0.0, **how: Any) -> None:
    """Run ``command`` against a sandbox of this process, and kill it ``pause`` seconds after its N-th request is there.

    That request is not answered before, so the command cannot end by itself however busy the machine is.
    """
    arrivals = itertools.count(1)
    with started(command, stdout=None, **how) as victim:

        def hook(_: Any) -> None:
            if next(arrivals) == number:
                time.sleep(pause)
                kill(victim)

        sandbox.on_request(hook)
        victim.wait(LONG)
        assert victim.returncode == -signal.SIGKILL


def in_forks(work: Callable[[Any], Any], arguments: Iterable[Any], meanwhile: Any = None, seconds: float = LONG) -> Any:
    """What ``work`` returns for each argument, each in a forked child of its own, all at once.

    Args:
        work: called in a child with one argument.
        arguments: one child for each.
        meanwhile: called here while the children run.
        seconds: after which children count as hung.

    Raises:
        AssertionError: a child failed, died or hung; with its traceback, exit code or the stacks of its threads.
    """
    context = multiprocessing.get_context("fork")
    with tempfile.NamedTemporaryFile() as stacks:
        faulthandler.register(signal.SIGUSR1, file=stacks.fileno(), all_threads=True)  # children inherit it
        gc.freeze()  # a collection in a child would copy every page of this process's memory
        children = []
        try:
            for one in arguments:
                here, there = context.Pipe(duplex=False)
                child = context.Process(target=_report, args=(work, one, there), daemon=True)
                child.start()
                there.close()
                children.append((child, here))
            if meanwhile is not None:
                meanwhile()
            until = time.monotonic() + seconds
            return [_result(child, here, until, Path(stacks.name)) for child, here in children]
        finally:
            gc.unfreeze()
            faulthandler.unregister(signal.SIGUSR1)
            for child, here in children:
                child.kill()
                child.join(LONG)
                here.close()


def _report(work: Callable[[Any], Any], argument: Any, there: Connection) -> None:
    try:
        answer = (True, work(argument))
    except BaseException:
        answer = (False, traceback.format_exc())
    there.send(answer)


def _result(child: Any, here: Connection, until: float, stacks: Path) -> Any:
    if not wait_for([here], max(until - time.monotonic(), 0)):
        os.kill(child.pid, signal.SIGUSR1)
        time.sleep(1)
        raise AssertionError(f"A forked child hangs. Its threads:\n{stacks.read_text()}")
    try:
        good, answer = here.recv()
    except EOFError:
        child.join(LONG)
        raise AssertionError(f"A forked child died with exit code {child.exitcode}.") from None
    assert good, f"A forked child failed:\n{answer}"
    child.join(max(until - time.monotonic(), 1))
    assert child.exitcode == 0, f"A forked child has answered and does not end well: {child.exitcode}."
    return answer
