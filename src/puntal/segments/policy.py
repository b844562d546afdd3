"""Reading the segments of a document. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from puntal.members.model import MEMBERS
from puntal.programs.catalogue import catalogue_of, of_segment
from puntal.programs.document.program import Program
from puntal.programs.document.values import People
from puntal.rules.catalogue import fields_read
from puntal.rules.dialect import expand
from puntal.rules.model import Logic
from puntal.segments.model import Question, Segments

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


def asking(people: People, segments: Segments) -> Question:
    """Return the question whether somebody, also a guest, is in any of the segments and in none of the others."""
    any_of = [_belongs(id, segments) for id in people.any]
    every: list[Logic] = [{"or": any_of} if len(any_of) > 1 else any_of[0]] if any_of else []
    every += [{"!": [_belongs(id, segments)]} for id in people.none]
    return structs.replace(question({"and": every} if len(every) > 1 else every[0]), statuses=BOOKED)


def _belongs(id: str, segments: Segments) -> Logic:
    return segments.dynamic[id].logic if id in segments.dynamic else {"in": [id, _SEGMENTS]}


def question(logic: Logic) -> Question:
    """Return the condition with whom it can mean: members; guests and leavers only if it asks for the status itself."""
    digest = hashlib.blake2b(msgspec.json.encode(logic, order="sorted"), digest_size=16).hexdigest()
    return Question(logic, digest, BOOKED if "member.status" in fields_read(logic) else MEMBERS)


def written_out(logic: Logic, dynamic: Mapping[str, Logic]) -> Logic:
    """Return the condition with every dynamic segment it asks for replaced by what that segment asks.

    So a decision answers from facts, never from who was found in it last time; `member.segments` is left to the lists.
    """
    found: Logic = _written_out(logic, dynamic)
    return found


def named(logic: Logic) -> set[str]:
    """Return the segments that a condition asks the member to be in."""
    found: set[str] = set()
    waiting: list[Any] = [logic]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if (segment := _asked_for(node)) is not None:
                found.add(segment)
            waiting.extend(node.values())
        elif isinstance(node, Sequence) and not isinstance(node, str):
            waiting.extend(node)
    return found


def _asked_for(node: Mapping[str, Any]) -> str | None:
    """Return the segment, when the node is the question whether the member is in one."""
    pair = node.get("in")
    if isinstance(pair, Sequence) and len(pair) == 2 and pair[1] == _SEGMENTS:  # noqa: PLR2004 - value and list
        return str(pair[0])
    return None


def _written_out(node: Any, dynamic: Mapping[str, Logic]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, Mapping):
        segment = _asked_for(node)
        if segment is not None and segment in dynamic:
            return _written_out(dynamic[segment], dynamic)
        return {operator: _written_out(inner, dynamic) for operator, inner in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_written_out(inner, dynamic) for inner in node]
    return node
