"""What all routes of wallets share: the router, the program's wallets, and how a wallet is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import Field

from puntal.access.dependencies import ProgramId, ProgramTx, program_router
from puntal.points.model import Terms

router = program_router("points")

WalletId = Annotated[str, Field(max_length=63, description="Id of the wallet.", examples=["points"])]
MEMBER: dict[int | str, dict[str, Any]] = {404: {"description": "`members.unknown`"}}


async def current_terms(request: Request, tx: ProgramTx, program_id: ProgramId) -> Sequence[Terms]:
    """Return the compiled wallets of the program as it stands in this transaction."""
    loaded = await request.app.state.programs.current(tx, program_id)
    terms: Sequence[Terms] = loaded.newest.terms
    return terms


CurrentTerms = Annotated[Sequence[Terms], Depends(current_terms)]
