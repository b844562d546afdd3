"""One member who climbs a ladder, told by date."""

from __future__ import annotations

from datetime import date
from typing import Any

from ladders import noon

from puntal.tiers import policy
from puntal.tiers.model import Change, Climb


class Anna:
    """One member on one ladder, told by date."""

    def __init__(self, climb: Climb, enrolled: date = date(2025, 1, 1)) -> None:
        self.climb, self.enrolled = climb, enrolled
        self.standing = policy.start(climb, enrolled)
        self.changes: list[Change] = []

    def earns(self, amount: int, day: date, *, arrives: date | None = None) -> None:
        today = arrives or day
        self.wakes(today)
        self.standing = policy.count(self.climb, self.standing, amount, day, enrolled=self.enrolled)
        self.standing, change = policy.climb_up(
            self.climb, self.standing, at=noon(today), today=today, enrolled=self.enrolled
        )
        self._note(change)

    def refunds(self, amount: int, of: date, on: date) -> None:
        self.wakes(on)
        self.standing = policy.count(self.climb, self.standing, -amount, of, enrolled=self.enrolled)
        self.standing, change = policy.after_refund(
            self.climb, self.standing, at=noon(on), today=on, enrolled=self.enrolled
        )
        self._note(change)

    def wakes(self, day: date) -> list[Any]:
        self.standing, changes, notices = policy.nightly(self.climb, self.standing, day=day, enrolled=self.enrolled)
        self.changes += changes
        return notices

    def _note(self, change: Change | None) -> None:
        if change is not None:
            self.changes.append(change)

    def tier(self, day: date) -> str:
        """At noon of a day, with its night run."""
        self.wakes(day)
        return policy.held(self.climb, self.standing, noon(day))

    def measure(self, day: date) -> int:
        return policy.progress(self.climb, self.standing, today=day, enrolled=self.enrolled).measure
