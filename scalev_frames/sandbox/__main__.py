"""Why: the embedded Scalev for a terminal: ``python -m scalev_frames.sandbox --port 8000 --orders 200000``.

May import this room alone.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from scalev_frames.sandbox.server import Sandbox
from scalev_frames.sandbox.throttle import DOCUMENTED_LIMITS


def main(argv: Sequence[str] | None = None) -> int:
    """Run a sandbox until Ctrl-C; prints its address and a key first.

    Args:
        argv: the arguments, by default those of the process.

    Returns:
        The exit code: 0, also after Ctrl-C.
    """
    options = _parser().parse_args(argv)
    sandbox = Sandbox(
        options.orders,
        options.seed,
        limits=None if options.no_limits else DOCUMENTED_LIMITS,
        latency=options.latency,
        port=options.port,
        now=datetime.now(UTC),
        days=options.days,
    )
    with sandbox:
        sys.stdout.write(f"SCALEV_API_BASE_URL={sandbox.base_url}\nSCALEV_API_KEY={sandbox.api_key}\n")
        sys.stdout.flush()
        try:
            wait()
        except KeyboardInterrupt:
            return 0
    return 0


def wait() -> None:
    """Wait for ever."""
    threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scalev-frames sandbox", description="Run the embedded Scalev on this computer until Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=8000, help="0 for any free one (default %(default)s)")
    parser.add_argument("--orders", type=int, default=2000, help="how many orders (default %(default)s)")
    parser.add_argument("--days", type=int, default=180, help="over how many days until now (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another business (default %(default)s)")
    parser.add_argument(
        "--latency", type=float, default=0.0, help="seconds that every answer takes (default %(default)s)"
    )
    parser.add_argument("--no-limits", action="store_true", help="without the documented request limits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
