"""What files behind signed links have in common: reading a link, and whose program it is of."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from msgspec import Struct

from puntal.kit.errors import NotFound
from puntal.kit.http import database_of
from puntal.programs import queries
from puntal.programs.model import ProgramRow

BY = "signed-link"
"""Who downloaded, for the audit log: whoever had the link."""
_MOST_DIGITS = 12


class Link(Struct, frozen=True):
    """A link as it was sent; nothing of it is trusted but that it is well-formed, and that there is such a program."""

    program: ProgramRow
    id: UUID
    until: int
    signature: str


async def read(request: Request, id: str, *, missing: type[NotFound]) -> Link:
    """Return the link a file is asked for with.

    Args:
        request: Its path names the program, its query `until` and `signature`.
        id: The part of the path that names the file.
        missing: Raised where it is no link of ours, without a word of what is wrong with it.
    """
    until = request.query_params.get("until", "")
    if not until.isdecimal() or len(until) > _MOST_DIGITS:
        raise missing
    try:
        file = UUID(id)
    except ValueError:
        raise missing from None
    async with database_of(request).transaction() as tx:
        program = await queries.find_by_slug(tx, request.path_params["program"])
    if program is None:
        raise missing
    return Link(program, file, int(until), request.query_params.get("signature", ""))
