"""The header of a report: what it counts, the zone of its days, and its definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from scalev_frames.frames import Header


@dataclass(frozen=True, kw_only=True)
class ReportHeader(Header):
    """The header of a report.

    Attributes:
        report: the report's name, a key of `REPORTS`.
        title: its title in its language.
        date_basis: which moment dates an order.
        counted: how many orders are counted.
        left_out_spam: how many are left out as spam.
        spam_unknown: of how many it is not known whether they are spam; they are counted.
        definitions: what its words mean.
        periods: first and last day of the two periods of a comparison, ``now`` and ``before``.
    """

    report: str = ""
    title: str = ""
    date_basis: str = ""
    counted: int = 0
    left_out_spam: int = 0
    spam_unknown: int = 0
    definitions: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Any] | None = None

    ALWAYS: ClassVar[tuple[str, ...]] = (*Header.ALWAYS, "counted", "left_out_spam", "definitions")
