"""The command line: what the package does, for a terminal and a scheduler; errors are sentences, not tracebacks.

There is no option for the key: it would stay in the shell's history.
Exit codes: 0 done, 1 failed, 2 the command is wrong, 3 failed but the same command resumes later, 130 interrupted.
"""

from __future__ import annotations

import argparse
import codecs
import difflib
import io
import re
import sys
import warnings
from collections.abc import Sequence
from functools import cache
from typing import NoReturn

import scalev_frames as sf
from scalev_frames.catalog import ENDPOINTS
from scalev_frames.cli.connection import option
from scalev_frames.cli.lists import add_demo, add_export, add_pull
from scalev_frames.cli.reports import add_report
from scalev_frames.cli.small import add_small, run_sandbox
from scalev_frames.errors import (
    BadValueError,
    GroupError,
    InterruptedPullError,
    ScalevError,
    UnknownNameError,
    UnknownValueWarning,
    UsageError,
)
from scalev_frames.redact import holds_key, without_keys

DONE, FAILED, WRONG_CALL, TRY_AGAIN, INTERRUPTED = 0, 1, 2, 3, 130
#: What stands for our own letters where a terminal lacks them.
PLAINLY = {"→": "->", "…": "...", "·": "-", "—": "-", "≠": "!="}

EPILOG = """\
examples:
  scalev-frames demo                                    see it work, without a key, on the embedded Scalev
  scalev-frames login                                   store your key in this computer's key store
  scalev-frames pull orders --since 2026-11-01 --until yesterday --out orders.xlsx
  scalev-frames pull orders --status shipped --status rts --out data/orders.parquet
  scalev-frames pull store_products --store-id 3 --out products.xlsx
  scalev-frames export orders --since 2025-01-01 --out orders/
  scalev-frames report --since month --until yesterday --out "reports/report-{date}.xlsx" --quiet
  scalev-frames pull orders --all --since yesterday --out all.xlsx    every stored profile, in one file

The key comes from SCALEV_API_KEY or from `scalev-frames login`; it is never an option of a command.
An option of several values is repeated: --status shipped --status rts.
exit codes: 0 done, 1 failed, 2 the command is wrong, 3 failed but the same command resumes later, 130 interrupted.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    >>> main(["pull", "ordrs"])
    2
    """
    warnings.showwarning = _show_warning
    _speak_any_alphabet()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(arguments)
    except InterruptedPullError as error:
        return _say(error, INTERRUPTED)
    except UsageError as error:
        return _say(error, WRONG_CALL)
    except ScalevError as error:
        if isinstance(error, GroupError):
            error.kept = error.kept.replace(", `error.partial()` gives the rows", "")  # which only Python can
        return _say(error, TRY_AGAIN if error.retryable else FAILED)
    except KeyboardInterrupt:
        return _say("Interrupted.", INTERRUPTED)
    except BrokenPipeError:  # the reader of the output, such as `head`, has closed it
        sys.stdout = sys.stderr = None  # nothing is left to flush at the end
    except OSError as error:
        _leave_full_output()
        what = error.filename or "A file or the output"
        return _say(f"{what} could not be used: {error.strerror or error}.", FAILED)
    return DONE


def _leave_full_output() -> None:
    """Leave an output that cannot be written: Python would fail at its end, with an exit code of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        sys.stdout = None


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["sandbox"]:
        return run_sandbox(arguments[1:])
    options, surplus = parser().parse_known_args(arguments)
    if surplus:
        raise _unknown_option(surplus[0], options)
    options.run(options)
    if sys.stdout:  # there is none where a scheduler has closed it
        sys.stdout.flush()
    return DONE


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence with the nearest good word, like every other error here."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command.

        Raises:
            UsageError: always.
        """
        if found := re.search(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message):
            what, name, names = found.groups()
            if what == "ENDPOINT" and name in ENDPOINTS:
                advice = f"Write it with `scalev-frames pull {name}`."
                raise BadValueError(f"{name} is not a list that grows with time, as `export` takes.", advice=advice)
            kind, where = ("value", f" of {what}") if what.startswith("-") else (what.lower(), "")
            raise UnknownNameError.near(kind, name, re.findall(r"[\w-]+", names), where)
        raise BadValueError(f"{message[:1].upper()}{message[1:]}.", advice=f"See `{self.prog} --help`.")


def _unknown_option(word: str, options: argparse.Namespace) -> UsageError:
    if re.fullmatch(r"-+(api[-_]?)?(key|token)(=.*)?", word) or holds_key(word):
        advice = (
            "Store it with `scalev-frames login`, or set SCALEV_API_KEY; one that was typed here should be replaced."
        )
        return BadValueError("A key is no part of a command: it stays in the shell's history.", advice=advice)
    if not word.startswith("-"):
        return BadValueError(f"{word!r} is one word too many.", advice="Each value follows its option.")
    given = word.partition("=")[0]
    good = sorted(option(name)[2:] for name in vars(options) if name not in ("verb", "endpoint", "action", "run"))
    nearest = [f"--{name}" for name in difflib.get_close_matches(given.lstrip("-"), good)]
    advice = (
        f"Did you mean {' or '.join(nearest)}?" if nearest else f"There are: {', '.join(f'--{one}' for one in good)}."
    )
    return UnknownNameError(f"There is no option {given!r}.", nearest=tuple(nearest), advice=advice)


def _speak_any_alphabet() -> None:
    """Show ``->`` for an arrow that the terminal or pipe lacks, as on Windows, and ``?`` for any other letter."""
    codecs.register_error("plainly", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAINLY.get(letter, "?") for letter in lacking), error.end


@cache
def parser() -> Parser:
    """The command line as a parser, made once; the filters of ``pull`` come from the catalog."""
    top = Parser(
        prog="scalev-frames",
        description="Your Scalev business as tables: pull any list whole, write Excel or Parquet.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"scalev-frames {sf.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_demo(verbs)
    add_pull(verbs, EPILOG)
    add_export(verbs)
    add_report(verbs)
    add_small(verbs)
    return top


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Say the package's own warnings in a line; those of other packages are for programmers."""
    if issubclass(category, UnknownValueWarning):
        _say(message, 0)


def _say(error: object, code: int) -> int:
    print(f"scalev-frames: {without_keys(str(error))}", file=sys.stderr)
    return code
