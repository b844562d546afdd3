"""Asking a second person before a program is published, where the organization wants one (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from puntal.access.model import PUBLISH, Caller
from puntal.access.operations import approvals
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.words import Words
from puntal.programs import operations, queries, source
from puntal.programs.diff import diff
from puntal.programs.errors import ProgramFaulty, RevisionNotFound
from puntal.programs.wire import PublishIn, RollBackIn

_SHOWN = 5
"""So many changes are told in words; the others are counted."""


async def to_publish(
    tx: Transaction, program_id: ProgramId, document: Mapping[str, Any], said: PublishIn, *, by: Caller, now: datetime
) -> None:
    """Ask for a second person's word where publishing takes two.

    Raises:
        ProgramFaulty: It could not be published anyway.
        Postponed: Somebody was asked.
    """
    await _ask(
        tx,
        program_id,
        document,
        {
            # As text: numbers must not pass through binary floats.
            "document": source.dump_json(document),
            "note": said.note,
            "effective_from": None if said.effective_from is None else said.effective_from.isoformat(),
            "simulation_id": None if said.simulation_id is None else str(said.simulation_id),
        },
        note=Words(said.note, said.note),
        by=by,
        now=now,
    )


async def to_roll_back(tx: Transaction, program_id: ProgramId, said: RollBackIn, *, by: Caller, now: datetime) -> None:
    """Ask for a second person's word where publishing an old revision again takes two.

    Raises:
        RevisionNotFound: There is none of this number.
        ProgramFaulty: What members hold today no longer fits it.
        Postponed: Somebody was asked.
    """
    found = await queries.revision(tx, program_id, said.number)
    if found is None:
        raise RevisionNotFound(number=said.number)
    words = Words(f"revision {said.number} again", f"de nuevo la revisión {said.number}")
    await _ask(tx, program_id, found[1], {"number": said.number, "note": said.note}, note=words, by=by, now=now)


async def _ask(
    tx: Transaction,
    program_id: ProgramId,
    document: Mapping[str, Any],
    said: Mapping[str, object],
    *,
    note: Words,
    by: Caller,
    now: datetime,
) -> None:
    if not await approvals.takes_two(tx, PUBLISH, None, by=by):
        # Nothing is compared where nobody is asked.
        return
    program, faults = await operations.check(tx, program_id, document)
    if program is None or faults:
        raise ProgramFaulty(faults)
    head = await operations.head(tx, program_id)
    changes = []
    if head.revision:
        published = await operations.load_published(tx, program_id)
        changes = [change.words for change in diff(published.document, program).changes]
    await approvals.first_ask(
        tx,
        program_id=program_id,
        action=PUBLISH,
        size=None,
        subject="program",
        said={**said, "changes": [dict(words) for words in changes]},
        summary=Words(
            _told("Publish the program", note.en, [words["en"] for words in changes], "and {} more changes"),
            _told("Publicar el programa", note.es, [words["es"] for words in changes], "y {} cambios más"),
        ),
        by=by,
        now=now,
    )


def _told(what: str, note: str, changes: list[str], more: str) -> str:
    shown = changes[:_SHOWN]
    if len(changes) > _SHOWN:
        shown.append(more.format(len(changes) - _SHOWN))
    return f"{what}{f' ({note})' if note else ''}{': ' if shown else ''}{'; '.join(shown)}"
