"""Files behind signed links: no credentials, an hour at most."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from puntal.insight.exports import operations
from puntal.insight.exports.api import sent
from puntal.insight.exports.errors import ExportNotFound
from puntal.kit import clock
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of, refuse
from puntal.programs import queries

PATH = "/v1/downloads/{program}/{export_id}"
BY = "signed-link"
_MOST_DIGITS = 12


async def download(request: Request) -> Response:
    """Hand out a file to whoever has a good link to it; of a bad one nothing is said but that it is none."""
    database = database_of(request)
    try:
        try:
            id = UUID(request.path_params["export_id"])
        except ValueError:
            raise ExportNotFound from None
        until, signature = request.query_params.get("until", ""), request.query_params.get("signature", "")
        if not until.isdecimal() or len(until) > _MOST_DIGITS:
            raise ExportNotFound
        async with database.transaction() as tx:
            program = await queries.find_by_slug(tx, request.path_params["program"])
        if program is None:
            raise ExportNotFound
        now = clock.now()
        async with database.program_transaction(program.id) as tx:
            operations.check(await operations.load(tx, program.id, id), until=int(until), signature=signature, now=now)
            one = await operations.fetched(tx, program.id, id, by=BY, now=now)
    except Refusal as refusal:
        return refuse(request, refusal)
    return sent(request, program.id, one)
