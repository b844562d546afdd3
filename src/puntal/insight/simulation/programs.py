"""Both programs of a simulation, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled, Switches
from puntal.kit.db import Transaction
from puntal.programs import operations as programs
from puntal.programs.errors import ProgramFaulty
from puntal.programs.model import Published


async def both(
    tx: Transaction, program_id: int, number: int, document: Mapping[str, Any]
) -> tuple[Compiled, Compiled, Switches]:
    """Return a published revision and a draft, and what is switched off now.

    Raises:
        ProgramFaulty: The draft cannot be read.
    """
    published = await programs.load_published(tx, program_id, number=number)
    program, faults = programs.check_words(dict(document))
    if program is None:
        raise ProgramFaulty(faults)
    live = compile_program(
        published.document, program_id=program_id, revision=published.number, ordinals=published.wallets
    )
    new = [id for id in program.wallets if id not in published.wallets]
    first = max(published.wallets.values(), default=-1) + 1
    ordinals = {**published.wallets, **{id: first + n for n, id in enumerate(new)}}
    draft = compile_program(program, program_id=program_id, revision=published.number + 1, ordinals=ordinals)
    return live, draft, switches_of(published)


def switches_of(published: Published) -> Switches:
    """Return what is switched off."""
    targets: dict[str, set[str]] = {}
    for switch in published.switches:
        targets.setdefault(switch.target_kind, set()).add(switch.target_id)
    found = {kind: frozenset(ids) for kind, ids in targets.items()}
    none: frozenset[str] = frozenset()
    return Switches(
        program="program" in found,
        wallets=found.get("wallet", none),
        campaigns=found.get("campaign", none),
        rules=found.get("rule", none),
        rewards=found.get("reward", none),
        channels=found.get("channel", none),
        integrations=found.get("integration", none),
    )
