"""Which simulation a revision names: what was known of its effect when it was published. The caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from puntal.kit.db import Transaction
from puntal.kit.errors import Invalid

NAME = """
-- The program's row is locked. A number that was waiting and given up is taken by the next publication.
INSERT INTO revision_simulation (program_id, number, simulation_id)
VALUES (%(program_id)s, %(number)s, %(simulation_id)s)
ON CONFLICT (program_id, number) DO UPDATE SET simulation_id = excluded.simulation_id
"""

FORGET = """
-- The program's row is locked. Of a revision that was waiting and given up.
DELETE FROM revision_simulation WHERE program_id = %(program_id)s AND number = %(number)s
"""


class SimulationUnknown(Invalid):
    """A revision names a simulation that is not of this program."""

    code = "programs.simulation_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such simulation of this program",
        "es": "No existe esa simulación de este programa",
    }


async def name(tx: Transaction, program_id: int, number: int, simulation: UUID | None) -> None:
    """Note which simulation a revision that was just published names, if any.

    Raises:
        SimulationUnknown: It is not of this program.
    """
    if simulation is None:
        await tx.execute(FORGET, {"program_id": program_id, "number": number})
        return
    try:
        await tx.execute(NAME, {"program_id": program_id, "number": number, "simulation_id": simulation})
    except ForeignKeyViolation as missing:
        raise SimulationUnknown from missing
