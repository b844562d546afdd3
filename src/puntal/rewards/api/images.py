"""Pictures of rewards: uploaded by staff, handed out to whoever has the address."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, ProgramTx, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.kit.errors import UnsupportedMedia
from puntal.kit.http import database_of
from puntal.programs import queries as programs
from puntal.rewards.model_images import MEDIA, Image, Kind
from puntal.rewards.operations import images

router = program_router("images")

PATH = "/v1/images/{program}/{name}"
_KINDS: dict[str, Kind] = {f".{kind}": kind for kind in MEDIA}
_HEADERS = {
    # The name is the digest of what it names.
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}, "example": "the bytes of the picture"}


class ImageOut(BaseModel):
    """A picture that is kept."""

    address: str = Field(
        description="Below this server, for `image` of a reward. Whoever has it sees the picture, without credentials.",
        examples=["/v1/images/club/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.webp"],
    )
    kind: Kind
    width: int = Field(description="In pixels.", examples=[1200])
    height: int = Field(examples=[800])
    size: int = Field(description="In bytes.", examples=[84_211])
    added_at: datetime

    @classmethod
    def of(cls, image: Image, program: str) -> ImageOut:
        """Return it as the API shows it."""
        address = PATH.format(program=program, name=image.name)
        return cls(
            address=address,
            kind=image.kind,
            width=image.width,
            height=image.height,
            size=image.size,
            added_at=image.added_at,
        )


@router.post(
    "/images",
    status_code=201,
    summary="Upload a picture",
    dependencies=[requires(Permission.PROGRAM_WRITE)],
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MEDIA.values(), _FILE)}},
    responses={
        409: {"description": "`rewards.too_many_images`, `idempotency.key_reused`"},
        415: {"description": "`request.unsupported_media`: send image/png, image/jpeg or image/webp"},
        422: {"description": "`rewards.image_unreadable`, `rewards.image_too_large`"},
    },
)
async def upload_image(
    request: Request, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> ImageOut:
    """Keep a picture of at most 1 MB for rewards to show; the same again is the same. What it is, its bytes say."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA.values():
        raise UnsupportedMedia
    made = await images.add(tx, program_id, await request.body(), by=caller.actor, now=now)
    await audit.record(
        tx,
        actor=caller.actor,
        action="image.uploaded",
        subject=f"image:{made.digest}",
        now=now,
        program_id=program_id,
        detail={"size": made.size, "kind": made.kind},
    )
    return ImageOut.of(made, request.path_params["program"])


async def show(request: Request) -> Response:
    """Hand out a picture to whoever knows its name."""
    name = PurePath(request.path_params["name"])
    kind = _KINDS.get(name.suffix)
    database = database_of(request)
    found = None
    if kind is not None:
        async with database.transaction() as tx:
            program = await programs.find_by_slug(tx, request.path_params["program"])
        if program is not None:
            async with database.program_transaction(program.id) as tx:
                found = await images.read(tx, program.id, name.stem, kind)
    if kind is None or found is None:
        return PlainTextResponse("There is no such picture.\n", 404)
    return Response(found, media_type=MEDIA[kind], headers=_HEADERS)
