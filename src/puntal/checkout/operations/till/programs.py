"""What the till asks of the cache of compiled programs."""

from __future__ import annotations

from typing import Protocol

from puntal.intake import operations as intake


class Programs(intake.Programs, Protocol):
    """The compiled revisions of one program, and whether it has begun."""

    begun: bool
    """Whether this process has told the program of an event."""
