"""Telling in words why a stored event was decided as it was: the event is made again of what was stored. Pure."""

from __future__ import annotations

import msgspec

from puntal.engine.explain import Explanation, explain
from puntal.engine.model import Compiled, Event
from puntal.intake.model import Outcome, Said, Stored
from puntal.intake.policy import event_of

_said = msgspec.json.Decoder(Said).decode
_outcome = msgspec.json.Decoder(Outcome).decode


class _Caused(msgspec.Struct):
    """The stored words of an event that another one caused."""

    data: dict[str, object] = {}
    cause: str | None = None


_caused = msgspec.json.Decoder(_Caused).decode


def tell(program: Compiled, stored: Stored, locale: str) -> Explanation:
    """Return why, per rule, in the words of `program`, the revision that decided it."""
    return explain(program, _event(stored), _outcome(stored.outcome), locale)


def _event(stored: Stored) -> Event:
    try:
        return event_of(_said(stored.body))
    except msgspec.ValidationError:
        caused = _caused(stored.body)
        return Event(stored.id, stored.type, stored.source, stored.occurred_at, data=caused.data, cause=caused.cause)
