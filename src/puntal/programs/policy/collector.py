"""Collecting faults with their paths. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.programs.policy.structure import nearest

Step = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the document, and where its faults are collected; `place / "key"` is further inside."""

    faults: list[Fault] = field(default_factory=list)
    steps: tuple[Step, ...] = ()

    def __truediv__(self, step: Step) -> Place:
        return replace(self, steps=(*self.steps, step))

    def fault(self, code: str, reason: str | Words, suggestion: str | Words | None = None) -> None:
        """Collect one fault of this place."""
        self.faults.append(
            Fault(path=pointer(*self.steps), code=f"programs.{code}", reason=reason, suggestion=suggestion)
        )

    def adopt(self, faults: Iterable[Fault]) -> None:
        """Collect the faults of another slice, whose paths begin here."""
        here = pointer(*self.steps)
        self.faults.extend(replace(found, path=here + found.path) for found in faults)

    def known(self, name: str, among: Iterable[str], kind: str) -> bool:
        """Return whether the name is known; collect a fault with the nearest name if not."""
        names = list(among)
        if name in names:
            return True
        close = nearest(name, names)
        hint = f"did you mean '{close}'?" if close else _listing(names, kind)
        self.fault(f"unknown_{kind}", f"there is no {kind} '{name}'", hint)
        return False

    def exactly_one(self, given: Mapping[str, bool], what: str) -> bool:
        """Return whether one and only one of the keys is given; collect a fault if not."""
        present = [key for key, there in given.items() if there]
        if len(present) == 1:
            return True
        choices = ", ".join(f"'{key}'" for key in given)
        if present:
            both = " and ".join(f"'{key}'" for key in present)
            self.fault("only_one", f"{what} has {both}; it can have only one of {choices}", f"keep '{present[0]}'")
        else:
            self.fault("one_needed", f"{what} needs one of {choices}", None)
        return False

    def unique(self, ids: Iterable[tuple[str, Place]], kind: str) -> None:
        """Collect a fault for every id that was there before."""
        seen: set[str] = set()
        for name, place in ids:
            if name in seen:
                place.fault("duplicate_id", f"another {kind} has the id '{name}'", f"'{name}_2'")
            seen.add(name)


def _listing(names: list[str], kind: str) -> str:
    return f"known: {', '.join(sorted(names)[:12])}" if names else f"the document has no {kind} yet"
