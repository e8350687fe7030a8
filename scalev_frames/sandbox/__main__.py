"""The embedded Scalev for a terminal: ``python -m scalev_frames.sandbox --port 8000 --orders 200000``."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from scalev_frames.redact import without_keys
from scalev_frames.sandbox.server.faults import Fault
from scalev_frames.sandbox.server.server import SCOPES, Sandbox
from scalev_frames.sandbox.server.throttle import DOCUMENTED_LIMITS
from scalev_frames.sandbox.world.behaviour import BOTH, Behaviour
from scalev_frames.sandbox.world.world import World


def main(argv: Sequence[str] | None = None) -> int:
    """Run a sandbox until Ctrl-C; prints its address and a key first.

    Args:
        argv: the arguments, by default those of the process.

    Returns:
        The exit code: 0, also after Ctrl-C; 1 when the port is taken.
    """
    options = _parser().parse_args(argv)
    sandbox = Sandbox(
        world=World(
            options.orders, options.seed, datetime.now(UTC), options.days, Behaviour(**dict(options.behaviour))
        ),
        limits=None if options.no_limits else DOCUMENTED_LIMITS,
        faults=options.fault,
        latency=options.latency,
        port=options.port,
    )
    key = sandbox.restricted_key(*options.scope) if options.scope else sandbox.api_key
    try:
        sandbox.start()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        advice = "--port 0 takes a free one."
        sys.stderr.write(f"scalev-frames sandbox: Port {options.port} cannot be used: {why}. {advice}\n")
        return 1
    sys.stdout.write(f"SCALEV_API_BASE_URL={sandbox.url(options.version)}\nSCALEV_API_KEY={key}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        wait()
    sandbox.stop()
    return 0


def wait() -> None:
    """Wait for ever."""
    while True:
        time.sleep(1.0)  # in pieces: on Windows Ctrl-C is heard between them only


def read_fault(text: str) -> Fault:
    """A fault as it is written in a terminal.

    Args:
        text: its kind and its details; what is JSON is read as JSON, and ``inf`` as for ever.

    Raises:
        ArgumentTypeError: an unknown kind or detail.

    >>> read_fault("server_error,path=/order,at=3,status=503")
    Fault(kind='server_error', path='/order', at=3, times=1, details={'status': 503})
    """
    kind, *details = text.split(",")
    named = {name: _value(value) for name, _, value in (detail.partition("=") for detail in details)}
    try:
        return Fault(kind, **named)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def read_behaviour(text: str) -> tuple[str, Any]:
    """One field of a `Behaviour` as it is written in a terminal; several versions are separated by commas.

    Raises:
        ArgumentTypeError: there is no such field, or its value means nothing.

    >>> read_behaviour("largest_page=100")
    ('largest_page', 100)
    """
    name, _, text = text.partition("=")
    fields = [field.name for field in dataclasses.fields(Behaviour)]
    if name not in fields:
        raise argparse.ArgumentTypeError(f"There is no behaviour {name!r}; there are {', '.join(fields)}.")
    value: Any = frozenset(text.split(",")) if name == "versions" else _value(text)
    try:
        Behaviour(**{name: value})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return name, value


def read_scope(text: str) -> str:
    """A scope of a restricted key.

    Raises:
        ArgumentTypeError: no endpoint asks for it.

    >>> read_scope("order:list")
    'order:list'
    """
    if text not in SCOPES:
        raise argparse.ArgumentTypeError(f"There is no scope {text!r}; there are {', '.join(sorted(SCOPES))}.")
    return text


def _value(value: str) -> Any:  # noqa: ANN401
    for read in (json.loads, float):
        with contextlib.suppress(ValueError):
            return read(value)
    return value


def _from(least: int, most: float = math.inf, read: Callable[[str], float] = int) -> Callable[[str], float]:
    """Reads a number, and refuses one that is not from ``least`` to ``most``."""

    def number(text: str) -> float:
        value = read(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}.")
        return value

    return number


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(without_keys(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="scalev-frames sandbox", description="Run the embedded Scalev on this computer until Ctrl-C.")
    parser.add_argument("--port", type=_from(0, 65_535), default=8000, help="0 for any free one (default %(default)s)")
    parser.add_argument(
        "--orders", type=_from(0, 10_000_000), default=2000, help="how many orders (default %(default)s)"
    )
    parser.add_argument(
        "--days", type=_from(1, 3_650), default=180, help="over how many days until now (default %(default)s)"
    )
    parser.add_argument("--seed", type=_from(0), default=1, help="another seed, another business (default %(default)s)")
    parser.add_argument(
        "--latency",
        type=_from(0, 3_600, float),
        default=0.0,
        help="seconds that every answer takes (default %(default)s)",
    )
    parser.add_argument(
        "--fault", type=read_fault, action="append", default=[], metavar="KIND,NAME=VALUE…",
        help="something that goes wrong, such as server_error,path=/order,at=3,times=2; may be given more than once",
    )  # fmt: skip
    parser.add_argument(
        "--behaviour", type=read_behaviour, action="append", default=[], metavar="NAME=VALUE",
        help="what kind of server it is, such as cursor=bound or versions=v2; may be given more than once",
    )  # fmt: skip
    parser.add_argument("--scope", action="append", default=[], metavar="SCOPE", type=read_scope,
                        help="print a restricted key that may do this alone; may be given more than once")  # fmt: skip
    parser.add_argument("--version", choices=sorted(BOTH), default="v2", help="whose address is printed (default v2)")
    parser.add_argument("--no-limits", action="store_true", help="without the documented request limits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
