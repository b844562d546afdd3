"""The nouns of imports. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

Kind = Literal["events", "members"]
State = Literal["running", "done", "failed", "cancelled"]
SILENCE = timedelta(minutes=5)
"""An import that did not move for so long has stopped: its sender is gone."""
LONG = timedelta(seconds=20)
"""From then on nobody still looks at the screen on which she asked: she is told when it is over."""
MOST_ROWS = 1_000_000


class Import(Struct, frozen=True, kw_only=True):
    """One file that is brought in.

    Attributes:
        name: Of the file, as its sender calls it.
        total: Rows or lines; None until it is known.
        done: Of these, answered; `added` are new, `known` were there, `refused` were not taken in.
        moved_at: When it last got further, in real time.
    """

    id: UUID
    kind: Kind
    name: str
    state: State
    total: int | None
    done: int
    added: int
    known: int
    refused: int
    asked_by: str
    asked_at: datetime
    moved_at: datetime
    ended_at: datetime | None


class Moved(Struct, frozen=True, kw_only=True):
    """How far an import has got by now, in all."""

    done: int
    added: int
    known: int
    refused: int
