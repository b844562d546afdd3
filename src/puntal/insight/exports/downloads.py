"""Files behind signed links: no credentials, an hour at most."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from puntal.insight import links
from puntal.insight.exports import operations
from puntal.insight.exports.api import sent
from puntal.insight.exports.errors import ExportNotFound
from puntal.kit import clock
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of, refuse

PATH = "/v1/downloads/{program}/{export_id}"


async def download(request: Request) -> Response:
    """Hand out a file to whoever has a good link to it; of a bad one nothing is said but that it is none."""
    try:
        link = await links.read(request, request.path_params["export_id"], missing=ExportNotFound)
        now, program = clock.now(), link.program.id
        async with database_of(request).program_transaction(program) as tx:
            one = await operations.load(tx, program, link.id)
            operations.check(one, until=link.until, signature=link.signature, now=now)
            one = await operations.fetched(tx, program, link.id, by=links.BY, now=now)
    except Refusal as refusal:
        return refuse(request, refusal)
    return sent(request, program, one)
