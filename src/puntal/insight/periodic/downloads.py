"""Files of reports behind signed links: no credentials, an hour at most."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from puntal.insight.periodic import operations
from puntal.insight.periodic.api import sent
from puntal.insight.periodic.errors import ReportNotFound
from puntal.insight.periodic.model import Format
from puntal.kit import clock
from puntal.kit.errors import Refusal
from puntal.kit.http import database_of, refuse
from puntal.programs import queries

PATH = "/v1/downloads/{program}/reports/{report_id}/{format}"
BY = "signed-link"
_MOST_DIGITS = 12


async def download(request: Request) -> Response:
    """Hand out a file to whoever has a good link to it; of a bad one nothing is said but that it is none."""
    database = database_of(request)
    try:
        until, signature = request.query_params.get("until", ""), request.query_params.get("signature", "")
        format: Format = request.path_params["format"]
        if format not in get_args(Format) or not until.isdecimal() or len(until) > _MOST_DIGITS:
            raise ReportNotFound
        try:
            id = UUID(request.path_params["report_id"])
        except ValueError:
            raise ReportNotFound from None
        async with database.transaction() as tx:
            program = await queries.find_by_slug(tx, request.path_params["program"])
        if program is None:
            raise ReportNotFound
        now = clock.now()
        async with database.program_transaction(program.id) as tx:
            one = await operations.load(tx, program.id, id)
            operations.check(one, format, until=int(until), signature=signature, now=now)
            one, data = await operations.fetched(tx, program.id, id, format, by=BY, now=now)
    except Refusal as refusal:
        return refuse(request, refusal)
    return sent(one, program.slug, format, data)
