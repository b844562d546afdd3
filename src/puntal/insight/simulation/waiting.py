"""Members between two of their events, while everybody's are decided in one order.

Some thousand are kept as they are; the rest lies in a file of this process that nobody else reads and that is gone with
it.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from puntal.engine.model import Event
from puntal.insight.simulation.comparing import Watch
from puntal.insight.simulation.lives import Step
from puntal.kit.ids import family

if TYPE_CHECKING:
    from puntal.insight.simulation.running import Work

MOST_AT_HAND = 4_000


class Waiting:
    """Who has begun to live."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._at_hand: OrderedDict[UUID, tuple[Watch, list[Step]]] = OrderedDict()
        self._away: set[UUID] = set()
        # An empty name is a file of its own that is deleted when it is closed.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("CREATE TABLE waiting (id BLOB PRIMARY KEY, life BLOB NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __contains__(self, id: object) -> bool:
        return id in self._at_hand or id in self._away

    def put(self, watch: Watch, steps: Sequence[Step]) -> None:
        """Add somebody who has not begun."""
        self._at_hand[watch.life.id] = (watch, list(reversed(steps)))
        self._make_room()

    def happen(self, id: UUID) -> None:
        """Let the next event of somebody happen, and what moved in her wallets before it."""
        if id not in self:
            return
        watch, steps = self._get(id)
        while steps:
            _, step = steps.pop()
            watch.step(step)
            if isinstance(step, Event):
                return

    def end(self, id: UUID, now: datetime) -> None:
        """Let what is left happen, and end both lives; nothing where somebody has not begun."""
        if id not in self:
            return
        watch, steps = self._get(id)
        while steps:
            watch.step(steps.pop()[1])
        watch.close(now)
        # Kept as known, without the life.
        del self._at_hand[id]
        self._away.add(id)

    def _get(self, id: UUID) -> tuple[Watch, list[Step]]:
        found = self._at_hand.get(id)
        if found is None:
            found = self._fetch(id)
            self._at_hand[id] = found
            self._away.discard(id)
            self._make_room()
        self._at_hand.move_to_end(id)
        return found

    def _make_room(self) -> None:
        while len(self._at_hand) > MOST_AT_HAND:
            id, (watch, steps) = self._at_hand.popitem(last=False)
            self._file.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?)", (id.bytes, self._packed(watch, steps)))
            self._away.add(id)

    def _packed(self, watch: Watch, steps: list[Step]) -> bytes:
        shared = self._shared(watch)
        held = {name: value for name, value in vars(watch).items() if name not in {"life", "part"}}
        life = {name: value for name, value in vars(watch.life).items() if name not in {"live", "draft"}}
        sides = []
        for rerun in (watch.life.live, watch.life.draft):
            # Made anew with each decision, and functions cannot be packed.
            rerun.books.next_id = None  # type: ignore[assignment]
            sides.append({name: value for name, value in vars(rerun).items() if name not in shared})
        return pickle.dumps((held, life, sides, steps), protocol=pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def _shared(watch: Watch) -> set[str]:
        """Return what reruns do not own: programs, budgets and switches."""
        return {name for name in vars(watch.life.live) if name in {"program", "_budgets", "_switches"}}

    def _fetch(self, id: UUID) -> tuple[Watch, list[Step]]:
        (packed,) = self._file.execute("SELECT life FROM waiting WHERE id = ?", (id.bytes,)).fetchone()
        held: dict[str, Any]
        held, life, sides, steps = pickle.loads(packed)  # noqa: S301 - written by this process a moment ago
        watch = self._work.bare(id)
        vars(watch).update(held)
        vars(watch.life).update(life)
        for rerun, side in zip((watch.life.live, watch.life.draft), sides, strict=True):
            vars(rerun).update(side)
            rerun.books.next_id = family(str(id), self._work.ask.now)
        return watch, steps
