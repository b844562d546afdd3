"""Collecting faults with their paths. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from puntal.kit.errors import Fault, pointer
from puntal.kit.words import Words
from puntal.programs.policy.phrases import did_you_mean
from puntal.programs.policy.structure import nearest

Step = str | int
Kind = Literal[
    "campaign",
    "consent",
    "event",
    "field",
    "group",
    "ladder",
    "reward",
    "reward_kind",
    "rule",
    "segment",
    "session",
    "tier",
    "tier of this ladder",
    "wallet",
]
Thing = Literal["a measure", "a rule", "a segment", "a tier's rate", "an award", "an expiry"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the document, and where its faults are collected; `place / "key"` is further inside."""

    faults: list[Fault] = field(default_factory=list)
    steps: tuple[Step, ...] = ()

    def __truediv__(self, step: Step) -> Place:
        return replace(self, steps=(*self.steps, step))

    def fault(self, code: str, reason: Words, suggestion: str | Words | None = None) -> None:
        """Collect one fault of this place."""
        self.faults.append(
            Fault(path=pointer(*self.steps), code=f"programs.{code}", reason=reason, suggestion=suggestion)
        )

    def adopt(self, faults: Iterable[Fault]) -> None:
        """Collect the faults of another slice, whose paths begin here."""
        here = pointer(*self.steps)
        self.faults.extend(replace(found, path=here + found.path) for found in faults)

    def known(self, name: str, among: Iterable[str], kind: Kind) -> bool:
        """Return whether the name is known; collect a fault with the nearest name if not."""
        names = list(among)
        if name in names:
            return True
        close = nearest(name, names)
        noun, a, _ = _NOUNS[kind]
        self.fault(
            f"unknown_{kind}",
            Words(f"there is no {kind} '{name}'", f"no existe {a} {noun} '{name}'"),
            did_you_mean(f"'{close}'") if close else _listing(names, kind),
        )
        return False

    def exactly_one(self, given: Mapping[str, bool], what: Thing) -> bool:
        """Return whether one and only one of the keys is given; collect a fault if not."""
        present = [f"'{key}'" for key, there in given.items() if there]
        if len(present) == 1:
            return True
        choices = ", ".join(f"'{key}'" for key in given)
        thing = _THINGS[what]
        if present:
            # Spanish says "e" and not "y" before an i.
            y = " y ".join(present).replace(" y 'i", " e 'i")
            reason = Words(
                f"{what} has {' and '.join(present)}; it can have only one of {choices}",
                f"{thing} tiene {y}; solo puede tener uno de estos: {choices}",
            )
            self.fault("only_one", reason, Words(f"keep {present[0]}", f"deja solo {present[0]}"))
        else:
            reason = Words(f"{what} needs one of {choices}", f"{thing} necesita uno de estos: {choices}")
            self.fault("one_needed", reason, None)
        return False

    def unique(self, ids: Iterable[tuple[str, Place]], kind: Kind) -> None:
        """Collect a fault for every id that was there before."""
        noun, _, another = _NOUNS[kind]
        seen: set[str] = set()
        for name, place in ids:
            if name in seen:
                reason = Words(f"another {kind} has the id '{name}'", f"{another} {noun} tiene el id '{name}'")
                place.fault("duplicate_id", reason, f"'{name}_2'")
            seen.add(name)


def _listing(names: list[str], kind: Kind) -> Words:
    if names:
        known = ", ".join(sorted(names)[:12])
        return Words(f"known: {known}", f"existen: {known}")
    noun, a, _ = _NOUNS[kind]
    return Words(f"the document has no {kind} yet", f"el documento aún no tiene {a} {noun}")


_NOUNS: Mapping[Kind, tuple[str, str, str]] = {
    # In Spanish: the noun, with "no" and with "another".
    "campaign": ("campaña", "ninguna", "otra"),
    "consent": ("consentimiento", "ningún", "otro"),
    "event": ("evento", "ningún", "otro"),
    "field": ("campo", "ningún", "otro"),
    "group": ("grupo", "ningún", "otro"),
    "ladder": ("escala", "ninguna", "otra"),
    "reward": ("recompensa", "ninguna", "otra"),
    "reward_kind": ("tipo de recompensa", "ningún", "otro"),
    "rule": ("regla", "ninguna", "otra"),
    "segment": ("segmento", "ningún", "otro"),
    "session": ("sesión", "ninguna", "otra"),
    "tier": ("nivel", "ningún", "otro"),
    "tier of this ladder": ("nivel de esta escala", "ningún", "otro"),
    "wallet": ("monedero", "ningún", "otro"),
}
_THINGS: Mapping[Thing, str] = {
    "a measure": "una medida",
    "a rule": "una regla",
    "a segment": "un segmento",
    "a tier's rate": "la tasa de un nivel",
    "an award": "un abono",
    "an expiry": "una caducidad",
}
