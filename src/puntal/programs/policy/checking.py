"""Every fault of a document at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from puntal.kit.errors import Fault
from puntal.programs.document.program import Program
from puntal.programs.model import NOTHING_HELD, Held
from puntal.programs.policy import structure


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
    return program, faults
