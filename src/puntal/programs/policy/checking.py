"""Every fault of a document at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from puntal.kit.errors import Fault
from puntal.programs.catalogue import catalogue_of
from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.program import Program
from puntal.programs.model import NOTHING_HELD, Held
from puntal.programs.policy import structure
from puntal.programs.policy.changes import check_changes
from puntal.programs.policy.collector import Place
from puntal.programs.policy.conditions import Conditions
from puntal.programs.policy.earning import EarningCheck
from puntal.programs.policy.header import check_declarations, check_header
from puntal.programs.policy.ladders import check_ladders
from puntal.programs.policy.rewards import RewardCheck
from puntal.programs.policy.values import check_values
from puntal.programs.policy.wallets import check_wallets
from puntal.rules.catalogue import Catalogue


def check(
    data: Mapping[str, Any], *, previous: Program | None = None, held: Held = NOTHING_HELD
) -> tuple[Program | None, list[Fault]]:
    """Return the program and every fault; a program with faults is returned for showing, never for publishing.

    Args:
        data: Plain data as `source` reads it.
        previous: What the newest revision says.
        held: What members still have, so that it cannot be dropped.
    """
    program, faults = structure.parse(data)
    if program is None:
        return None, faults
    root = Place()
    events = [*BUILT_IN_EVENTS, *program.events]
    check_header(program, root)
    check_values(program, root)
    check_wallets(program, events, root)
    check_ladders(program, root)
    check_declarations(program, _built_in_fields(program), root)
    if not any(fault.path.startswith(("/fields", "/currency")) for fault in root.faults):
        conditions = Conditions(program, catalogue_of(program))
        conditions.of_segments(root)
        EarningCheck(program, events, conditions, root).run()
        RewardCheck(program, conditions, root).run()
        for name, wallet in program.wallets.items():
            if wallet.gift_cards is not None:
                conditions.of_card_lines(wallet.gift_cards.lines, root / "wallets" / name / "gift_cards" / "lines")
    if previous is not None:
        check_changes(program, previous, held, root)
    return program, list(dict.fromkeys(root.faults))


def _built_in_fields(program: Program) -> set[str]:
    return set(Catalogue.build(currency=program.currency).fields)
