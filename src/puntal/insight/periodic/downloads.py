"""Files of reports behind signed links: no credentials, an hour at most."""

from __future__ import annotations

from typing import get_args

from fastapi import Request
from starlette.responses import Response

from puntal.insight import links
from puntal.insight.periodic import operations
from puntal.insight.periodic.api import sent
from puntal.insight.periodic.errors import ReportNotFound
from puntal.insight.periodic.model import Format
from puntal.kit import clock
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of, refuse

PATH = "/v1/downloads/{program}/reports/{report_id}/{format}"


async def download(request: Request) -> Response:
    """Hand out a file to whoever has a good link to it; of a bad one nothing is said but that it is none."""
    try:
        format: Format = request.path_params["format"]
        if format not in get_args(Format):
            raise ReportNotFound
        link = await links.read(request, request.path_params["report_id"], missing=ReportNotFound)
        now, program = clock.now(), link.program
        async with database_of(request).program_transaction(program.id) as tx:
            one = await operations.load(tx, program.id, link.id)
            operations.check(one, format, until=link.until, signature=link.signature, now=now)
            one, data = await operations.fetched(tx, program.id, link.id, format, by=links.BY, now=now)
    except Refusal as refusal:
        return refuse(request, refusal)
    return sent(one, program.slug, format, data)
