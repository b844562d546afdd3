"""What this slice refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what somebody wrote.

    Attributes:
        path: JSON pointer, relative to the condition or formula.
        code: Stable: `rules.<reason>`.
        suggestion: What to write instead, if we can tell.
    """

    path: str
    code: str
    reason: str
    suggestion: str | None = None


class FaultyRule(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The condition or formula cannot be used; all its faults are listed."""

    code = "rules.faulty"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{fault.path or '/'}: {fault.reason}" for fault in self.faults))
