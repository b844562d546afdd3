"""Routes above programs: templates, the programs of an organization, a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from puntal.access.dependencies import (
    Locale,
    OrganizationCaller,
    OrganizationTx,
    RealNow,
    organization_router,
    requires_above,
)
from puntal.access.model import Permission
from puntal.programs import operations, queries
from puntal.programs.api.documents import MEDIA, UNREADABLE, answered
from puntal.programs.errors import TemplateOrDocument
from puntal.programs.templates import list_templates, load_template
from puntal.programs.wire import CreateIn, ProgramOut, TemplateDocumentOut, TemplateOut, body_of, read

router = organization_router("programs", "/v1")


@router.get("/templates", summary="List templates", dependencies=[requires_above(None)])
async def templates(locale: Locale) -> list[TemplateOut]:
    """List the ready-made programs."""
    return [TemplateOut.of(template, locale) for template in list_templates()]


@router.get(
    "/templates/{template}",
    summary="Show a template",
    dependencies=[requires_above(None)],
    response_model=TemplateDocumentOut,
    responses={404: {"description": "`programs.template_not_found`"}},
)
async def show_template(request: Request, template: Annotated[str, Path(max_length=60)]) -> Response:
    """Show a template's document. `Accept: application/yaml` for the document alone, as YAML."""
    return answered(request, load_template(template), 0)


@router.get("/programs", summary="List programs", dependencies=[requires_above(None)])
async def list_programs(tx: OrganizationTx, caller: OrganizationCaller) -> list[ProgramOut]:
    """List the organization's programs that the key may see."""
    rows = await queries.list_programs(tx, caller.organization_id)
    return [ProgramOut.of(row) for row in rows if caller.sees(row.id)]


@router.post(
    "/programs",
    status_code=201,
    summary="Create a program",
    dependencies=[requires_above(Permission.PROGRAM_CREATE)],
    responses={
        400: UNREADABLE,
        404: {"description": "`programs.template_not_found`"},
        409: {"description": "`programs.slug_taken`, `idempotency.key_reused`"},
        415: MEDIA,
        422: {"description": "`programs.slug_invalid`, `programs.template_or_document`, `programs.faulty`"},
    },
    openapi_extra=body_of(CreateIn, {"slug": "aurora", "template": "cafe", "currency": "EUR", "publish": True}),
)
async def create_program(request: Request, tx: OrganizationTx, caller: OrganizationCaller, now: RealNow) -> ProgramOut:
    """Create a program from a template or a document, as a draft or published at once."""
    body = await read(request, CreateIn)
    if (body.template is None) == (body.document is None):
        raise TemplateOrDocument
    document = body.document
    if document is None:
        document = load_template(body.template or "", currency=body.currency, timezone=body.timezone, name=body.name)
    program_id = await operations.create_program(
        tx, organization_id=caller.organization_id, slug=body.slug, document=document, now=now
    )
    if body.publish:
        await operations.publish(tx, program_id, document, by=caller.actor, now=now)
    row = await queries.find(tx, program_id)
    assert row is not None, "it was just made"
    return ProgramOut.of(row)
