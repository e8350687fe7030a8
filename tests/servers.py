"""A sandbox in a process of its own, for tests of forks, kills and CPU time.

The test tells it what to do through a pipe, so nothing of the server runs in the test's process:

    with second_server(orders=1500) as server:
        server.run("sandbox.behaviour = Behaviour(hides_undated=True)")
        api = connect(api_key=server.api_key, base_url=server.base_url)
        server.run("for one in world.order_ids()[600:605]: world.change_draft_time(one, None)")
        rows = server.ask("world.rows('orders')")
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from processes import kill, wait_until_readable

ROOT = Path(__file__).parents[1]


class Server:
    """A sandbox of another process.

    Attributes:
        base_url: the address of v2.
        v3_url: the address of v3.
        api_key: a key that may do everything.
        pid: the process.
    """

    def __init__(self, **sandbox: Any) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "servers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))},
        )  # fmt: skip
        self.pid = self._process.pid
        self._send(sandbox)
        self.base_url, self.v3_url, self.api_key = self._answer()

    def ask(self, expression: str) -> Any:
        """The value of an expression that knows ``world`` and ``sandbox``, computed over there."""
        self._send(("eval", expression))
        return self._answer()

    def run(self, code: str) -> None:
        """Run statements that know ``world`` and ``sandbox`` over there; what they define stays."""
        self._send(("exec", code))
        self._answer()

    def stop(self) -> None:
        """End the process; a second time does nothing."""
        kill(self._process)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _send(self, message: Any) -> None:
        assert self._process.stdin is not None
        _write(self._process.stdin, message)

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        wait_until_readable(self._process.stdout, self._process)
        is_good, value = _read(self._process.stdout)
        if not is_good:
            raise value
        return value


@contextmanager
def second_server(**sandbox: Any) -> Iterator[Server]:
    """A sandbox in a process of its own; takes what `Sandbox` takes."""
    with Server(**sandbox) as server:
        yield server


def _write(stream: BinaryIO | Any, message: Any) -> None:
    body = pickle.dumps(message)
    stream.write(struct.pack("!Q", len(body)) + body)
    stream.flush()


def _read(stream: BinaryIO | Any) -> Any:
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError("The other process is gone.")
    return pickle.loads(stream.read(struct.unpack("!Q", head)[0]))


def _serve() -> None:
    """The other process: a sandbox that obeys the pipe until that is closed."""
    from scalev_frames import sandbox as room

    commands, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may disturb the pipe
    running = room.Sandbox(**_read(commands)).start()
    known = {"sandbox": running, "world": running.world, **{name: getattr(room, name) for name in room.__all__}}
    _write(answers, (True, (running.base_url, running.url("v3"), running.api_key)))
    while True:
        try:
            how, code = _read(commands)
        except EOFError:
            return
        try:
            answer = (True, eval(code, known) if how == "eval" else exec(code, known))
        except Exception as error:  # the test raises it
            answer = (False, error)
        _write(answers, answer)


if __name__ == "__main__":
    _serve()
