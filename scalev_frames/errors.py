"""The errors: one class for each failure a person can meet, with plain words and fields a program can branch on.

ScalevError                     catch this to catch them all
├── UsageError                  the call itself is wrong (also a ValueError); nothing was sent
│   ├── UnknownNameError        an endpoint, filter, column or basis that does not exist
│   ├── BadValueError           a value of the wrong kind, a bad date, an unknown enum value
│   ├── WrongVersionError       a list or record that only the other version of the API has
│   ├── FileFormatError         a file without a column, or with a value that the column cannot hold
│   ├── MissingColumnsError     a report of a frame without the columns that it is counted from
│   └── KeyMissingError         no API key in the argument, environment, profile or prompt
├── ApiError                    the server answered, and the answer is an error
│   ├── BadRequestError         400
│   ├── AuthenticationError     401: wrong, expired or revoked key
│   ├── ForbiddenError          403: the key lacks a scope
│   ├── EdgeBlockedError        403 from the edge in front of the service, not from the service
│   ├── NotFoundError           404
│   ├── InvalidParametersError  422, with the server's word on each field in ``fields``
│   ├── RateLimitedError        429 that did not end within the bounded waits
│   ├── ServerError             5xx that did not end within the bounded retries
│   └── UnexpectedResponseError cut or invalid JSON, HTML, a missing ``results``, a redirect
├── ConnectionFailedError       the host could not be reached, or timed out
│   └── CertificateError        the host's certificate is not trusted
├── IncompleteError             the pull cannot be shown to be whole
│   ├── PagingError             a cursor that does not move, a page already seen, an empty page with more to come
│   └── FilterIgnoredError      the server sent rows the filter excludes
├── ClockError                  this computer's clock is wrong, so that words such as ``today`` mean other days
├── InterruptedPullError        stopped on the way; ``kept`` says what is there, the same call resumes
├── GroupError                  some businesses of a group failed; ``partial()`` gives the others' rows
├── NotCachedError              ``offline=True`` and nothing is kept for this call
├── CacheError                  kept files could not be deleted
├── CredentialStoreError        the operating system's key store is missing or refused
├── AlreadyRunningError         the same report is being written by another process
├── ExportError                 a file could not be written; what was there before is untouched
└── MissingPackageError         an optional package is not installed (also an ImportError)
"""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scalev_frames.redact import without_keys

if TYPE_CHECKING:
    import pandas as pd

#: How many names an error lists when none is near.
MOST_LISTED = 60

#: Where the package's own files are.
_HOME = str(Path(__file__).parent)


class ScalevError(Exception):
    """What happened, what is kept, what to do next.

    Attributes:
        what: one sentence on what happened.
        advice: one sentence on what to do.
        kept: one sentence on what is kept, or ``""``.
    """

    default_advice: ClassVar[str] = ""
    #: Whether the same call may succeed later without a change.
    retryable: bool = False

    def __init__(self, what: str, *, advice: str = "", kept: str = "") -> None:
        self.what = what
        self.advice = advice or self.default_advice
        self.kept = kept
        super().__init__(self.what)

    def __setattr__(self, name: str, value: object) -> None:
        """Keep a field without any key that was pasted by mistake."""
        super().__setattr__(name, without_keys(value))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the caller's line and the sentence."""
        frames = [one for one in traceback.extract_tb(self.__traceback__)
                  if not one.filename.startswith(_HOME) and "IPython" not in one.filename]  # fmt: skip
        where = [f"  line {frames[-1].lineno}: {frames[-1].line}"] if frames and frames[-1].line else []
        return [f"{type(self).__name__}: {self}", *map(without_keys, where)]

    def __str__(self) -> str:
        """All sentences, in the order a person needs them."""
        return " ".join(part for part in (self.what, self.kept, self.advice) if part)


class UsageError(ScalevError, ValueError):
    """The call itself is wrong; nothing was sent."""


class UnknownNameError(UsageError):
    """A name that does not exist; ``nearest`` holds the good names that look like it."""

    def __init__(self, what: str, *, nearest: tuple[str, ...] = (), advice: str = "") -> None:
        self.nearest = nearest
        super().__init__(what, advice=advice)

    @classmethod
    def near(cls, what: str, name: str, good: Iterable[str], where: str = "") -> UnknownNameError:
        """The error for a name that does not exist, with the nearest good ones.

        Args:
            what: what the name should be of, such as ``endpoint``.
            name: the name that was given.
            good: the names that exist.
            where: where it was looked for, such as `` on orders``.

        >>> print(UnknownNameError.near("report", "dayly", ["daily", "funnel"]))
        There is no report 'dayly'. Did you mean daily?
        """
        names = sorted(good)
        nearest, more = nearest_names(str(name), names), len(names) - MOST_LISTED
        listed = ", ".join(names[:MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")
        advice = f"Did you mean {' or '.join(nearest)}?" if nearest else f"There are: {listed}."
        return cls(f"There is no {what} {name!r}{where}.", nearest=nearest, advice=advice)


def nearest_names(name: str, good: Iterable[str]) -> tuple[str, ...]:
    """The good names that look like ``name``, the nearest first."""
    return tuple(difflib.get_close_matches(name, list(good), n=3, cutoff=0.5))


class BadValueError(UsageError):
    """A value that cannot be sent: wrong kind, bad date, unknown enum value."""


class WrongVersionError(UsageError):
    """Only the ``versions`` of the API have ``endpoint``, and the account speaks ``version``."""

    def __init__(self, endpoint: str, version: str, versions: tuple[str, ...]) -> None:
        self.endpoint, self.version, self.versions = endpoint, version, versions
        what = f"{endpoint} is in {' and '.join(versions)} of the API, and this account speaks {version}."
        super().__init__(what, advice=f"Connect with version={versions[0]!r} (--api-version {versions[0]}).")


class MissingColumnsError(UsageError):
    """Nothing of a report can be known, because the frame lacks ``columns``; ``report`` is its name, or ``""``."""

    def __init__(self, what: str, *, columns: tuple[str, ...], report: str = "", advice: str = "") -> None:
        self.columns, self.report = columns, report
        super().__init__(what, advice=advice)


class FileFormatError(UsageError):
    """A file does not hold what it should; ``column`` and ``row`` (the header is 1) say where, if known."""

    def __init__(self, what: str, *, column: str = "", row: int | None = None, advice: str = "") -> None:
        self.column, self.row = column, row
        super().__init__(what, advice=advice or "Export the orders from the dashboard again, and do not edit the file.")


class KeyMissingError(UsageError):
    """No API key was found."""

    default_advice = "Run `scalev-frames login`, set SCALEV_API_KEY or pass api_key=. To try: --sandbox, sandbox=True."


class ApiError(ScalevError):
    """The server answered with an error.

    Attributes:
        status_code: the HTTP status, or the ``code`` in the body of an HTTP 200.
        server_words: what the server itself said, shortened; never holds the key.
        fields: a 422's details, field to messages.
        request_id: the server's id of the request, when it sent one.
        retry_after: seconds the server asked to wait, when it said so.
        url: address without query.
    """

    request_id: str | None = None

    def __init__(
        self,
        what: str,
        *,
        status_code: int | None = None,
        server_words: str = "",
        fields: Mapping[str, tuple[str, ...]] | None = None,
        retry_after: float | None = None,
        url: str = "",
    ) -> None:
        self.status_code, self.server_words = status_code, server_words
        self.fields = dict(fields or {})
        self.retry_after, self.url = retry_after, url
        super().__init__(what)

    def __str__(self) -> str:
        """The sentences, then the request id for a support ticket."""
        text = super().__str__()
        return f"{text} (request id {self.request_id})" if self.request_id else text


class BadRequestError(ApiError):
    """400: the server could not use the request."""

    default_advice = "Check the filters of this call."


class AuthenticationError(ApiError):
    """401: the key is wrong, expired or revoked."""

    default_advice = "Check the key (it begins with sk_ or rk_), or make a new one in Scalev's settings."


class ForbiddenError(ApiError):
    """403: the key is good but may not do this."""

    default_advice = "Use a key with the needed scope (rk_), or a full key (sk_)."


class EdgeBlockedError(ApiError):
    """403 from the edge in front of Scalev: the request never reached the service."""

    default_advice = "This is not about your key: try another network, or ask Scalev to allow your address."


class NotFoundError(ApiError):
    """404: there is no such record or address."""

    default_advice = "Check the id, that it belongs to this key's business, and that base_url ends in /v2 or /v3."


class InvalidParametersError(ApiError):
    """422: the server names the fields it refuses in ``fields``."""

    default_advice = "Change the named fields and call again."


class RateLimitedError(ApiError):
    """429, for longer than the bounded waits.

    Attributes:
        limit: which limit it is, the server's ``X-Ratelimit-Limit``; empty where it does not say.
    """

    limit: str = ""
    default_advice = "Wait a little and make the same call again: it resumes where it stopped."
    retryable = True


class ServerError(ApiError):
    """5xx, more often than the bounded retries."""

    default_advice = "Make the same call again later: it resumes where it stopped."
    retryable = True


class UnexpectedResponseError(ApiError):
    """The answer is not what Scalev's envelope promises."""

    default_advice = "Make the same call again; if it stays, check base_url."
    retryable = True


class ConnectionFailedError(ScalevError):
    """The host could not be reached."""

    default_advice = "Check the network and base_url, then make the same call again: it resumes where it stopped."
    retryable = True


class CertificateError(ConnectionFailedError):
    """The host's certificate is not trusted; nothing was sent."""

    default_advice = "If your office inspects traffic, set REQUESTS_CA_BUNDLE to its certificate file."
    retryable = False


class IncompleteError(ScalevError):
    """The rows cannot be shown to be whole, so none are returned."""


class PagingError(IncompleteError):
    """The server's paging does not move on as it should."""

    default_advice = "Make the same call again; if it stays, pass refresh=True and report it to the maintainers."


class FilterIgnoredError(IncompleteError):
    """The server sent rows which the asked-for filter excludes.

    Attributes:
        filter: the filter's name.
        wanted: the value that was asked for.
        can_apply: whether the rows carry what was asked, so that the filter can be applied to them here.
        how: what the server did with it: ``ignored`` or ``refused``.
    """

    default_advice = "Leave the filter out and filter the frame instead."

    def __init__(
        self, what: str, *, filter: str = "", wanted: str = "", can_apply: bool = False, advice: str = "",  # noqa: A002
        how: str = "ignored",
    ) -> None:  # fmt: skip
        self.filter, self.wanted, self.can_apply, self.how = filter, wanted, can_apply, how
        super().__init__(what, advice=advice)


class ClockError(ScalevError):
    """By the server's clock the words of a call, such as ``today``, mean other days than by this computer's."""


class InterruptedPullError(ScalevError):
    """A pull stopped on the way.

    Attributes:
        endpoint: the accessor's name.
        rows_kept: rows already here.
        pages_kept: pages already here.
    """

    default_advice = "Make the same call again: it resumes where it stopped."
    retryable = True

    def __init__(self, what: str, *, endpoint: str, rows_kept: int = 0, pages_kept: int = 0, kept: str = "") -> None:
        self.endpoint, self.rows_kept, self.pages_kept = endpoint, rows_kept, pages_kept
        super().__init__(what, kept=kept)


class GroupError(ScalevError):
    """Some businesses of a group failed; `partial()` gives the whole rows of the others.

    Attributes:
        errors: each failed business's own error, by its name.
        frames: the frames of the others, by their names; of an export their scans.
        retryable: whether every error may pass without a change.
    """

    def __init__(
        self,
        errors: Mapping[str, ScalevError],
        frames: Mapping[str, Any],
        combine: Callable[[Mapping[str, Any]], pd.DataFrame],
    ) -> None:
        self.errors, self.frames, self._combine = dict(errors), dict(frames), combine
        self.retryable = all(error.retryable for error in errors.values())
        said = " ".join(f"{name}: {error.what} {error.kept}".rstrip() for name, error in errors.items())
        advice = " ".join(dict.fromkeys(error.advice for error in errors.values() if error.advice))
        count = len(self.errors) + len(self.frames)
        kept = f"{', '.join(self.frames)}: whole and kept, `error.partial()` gives the rows." if self.frames else ""
        super().__init__(f"{len(self.errors)} of {count} businesses failed. {said}", advice=advice, kept=kept)

    def partial(self) -> pd.DataFrame:
        """One frame of the businesses that did not fail; its header says that it is not complete, and who is missing.

        Raises:
            GroupError: this one, where every business failed.
        """
        if not self.frames:
            raise self
        frame = self._combine(self.frames)
        missing = [f"{name} is missing: {error.what}" for name, error in self.errors.items()]
        frame.attrs = {**frame.attrs, "complete": False, "notes": [*frame.attrs.get("notes", ()), *missing]}
        return frame


class NotCachedError(ScalevError):
    """``offline=True``, and nothing is kept for this call."""

    default_advice = "Call once without offline=True."


class CacheError(ScalevError):
    """Kept files could not be deleted."""

    default_advice = "Check that the folder can be written and that no other program uses the files."


class CredentialStoreError(ScalevError):
    """The key store of the operating system is missing or refused."""

    default_advice = "Use SCALEV_API_KEY or api_key= instead; a key is never written to a plain file."


class AlreadyRunningError(ScalevError):
    """The same report or dataset is being written by another process or computer, which is left alone."""

    default_advice = "Wait until it has ended, or write to another file."
    retryable = True


class ExportError(ScalevError):
    """A file could not be written; what stood there before is untouched."""

    default_advice = "Check the folder, the free space, and that the file is not open in Excel."


class MissingPackageError(ScalevError, ImportError):
    """A package that only some parts need is not installed."""

    default_advice = 'Install it: pip install "scalev-frames[lab]".'


class UnknownValueWarning(UserWarning):
    """A filter's value that is on no list of known ones; it was sent as it is."""
