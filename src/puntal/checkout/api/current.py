"""The program as it stands, for every route of this slice that decides or writes in its own transaction."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from puntal.access.dependencies import ProgramId, ProgramTx
from puntal.checkout.operations.till import Programs


async def current(request: Request, tx: ProgramTx, program_id: ProgramId) -> Programs:
    """Return the compiled revisions of the program as it stands in this transaction."""
    loaded: Programs = await request.app.state.programs.current(tx, program_id)
    return loaded


Current = Annotated[Programs, Depends(current)]
