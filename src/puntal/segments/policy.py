"""Reading the segments of a document. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from puntal.programs.catalogue import catalogue_of, of_segment
from puntal.programs.document.program import Program
from puntal.rules.catalogue import fields_read
from puntal.rules.dialect import expand
from puntal.rules.model import Logic
from puntal.segments.model import Question, Segments

MEMBERS = ("active", "paused", "blocked")
BOOKED = (*MEMBERS, "guest", "left")
"""Everybody but those who were erased, or live on in another record."""
_SEGMENTS = {"var": "member.segments"}


def read_segments(document: Program, wallets: Mapping[str, int]) -> Segments:
    """Return the segments of a checked document.

    Args:
        document: Checked by `programs.policy.check`: no segment is made of itself.
        wallets: Id to position in the balance arrays, from `Published.wallets`.
    """
    catalogue = of_segment(catalogue_of(document, wallets))
    asked = {
        id: expand(segment.when, catalogue) for id, segment in document.segments.items() if segment.when is not None
    }
    return Segments(
        zone=ZoneInfo(document.timezone),
        catalogue=catalogue,
        dynamic={id: question(written_out(logic, asked)) for id, logic in asked.items()},
        lists=frozenset(id for id, segment in document.segments.items() if segment.list),
    )


def question(logic: Logic) -> Question:
    """Return the condition with its digest."""
    return Question(logic, hashlib.blake2b(msgspec.json.encode(logic, order="sorted"), digest_size=16).hexdigest())


def written_out(logic: Logic, dynamic: Mapping[str, Logic]) -> Logic:
    """Return the condition with every dynamic segment it asks for replaced by what that segment asks.

    So a decision answers from facts, never from who was found in it last time; `member.segments` is left to the lists.
    """
    found: Logic = _written_out(logic, dynamic)
    return found


def statuses(logic: Logic) -> tuple[str, ...]:
    """Return who can be in a segment: members; guests and leavers only of one that asks for the status itself."""
    return BOOKED if "member.status" in fields_read(logic) else MEMBERS


def _written_out(node: Any, dynamic: Mapping[str, Logic]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, Mapping):
        pair = node.get("in")
        if isinstance(pair, Sequence) and len(pair) == 2 and pair[1] == _SEGMENTS and pair[0] in dynamic:  # noqa: PLR2004 - value and list
            return _written_out(dynamic[pair[0]], dynamic)
        return {operator: _written_out(inner, dynamic) for operator, inner in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_written_out(inner, dynamic) for inner in node]
    return node
