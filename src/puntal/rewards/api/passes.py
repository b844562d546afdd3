"""Member passes over HTTP: what a member's device shows, and what a till asks."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import (
    ProgramCaller,
    ProgramId,
    ProgramTx,
    RealNow,
    Sealing,
    program_router,
    requires,
)
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.kit.db import Transaction
from puntal.kit.sealing import Sealer
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.rewards import pictures
from puntal.rewards.errors_vouchers import MemberInactive
from puntal.rewards.operations import passes
from puntal.rewards.operations.passes import PassKey

router = program_router("till")

_MEMBERS = [requires(Permission.MEMBERS_READ)]
_MEMBER_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"description": "`members.unknown`"},
    409: {"description": "`rewards.member_inactive`, `rewards.pass_key_unreadable`"},
}
_PRIVATE = {"cache-control": "private, no-store"}


class PassOut(BaseModel):
    """A pass to be shown as a QR code."""

    token: str = Field(examples=["AEAAAAABAAAAAAYBTGQ3FQ6DJN7F7CU3BQ"])
    ends_at: datetime = Field(description="Show the next one in time.")
    lives_seconds: int = Field(examples=[60])


class TokenIn(BaseModel):
    """A pass as it was scanned."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "AEAAAAABAAAAAAYBTGQ3FQ6DJN7F7CU3BQ"}]}
    )

    token: str = Field(min_length=1, max_length=500, examples=["AEAAAAABAAAAAAYBTGQ3FQ6DJN7F7CU3BQ"])


class ShownOut(BaseModel):
    """Who showed a pass."""

    member_id: UUID
    name: str | None
    status: str = Field(examples=["active"])
    issued_at: datetime


class KeyOut(BaseModel):
    """A public key of the program: Ed25519, 32 bytes in Base64."""

    id: int = Field(examples=[1])
    public_key: str = Field(examples=["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="])
    signs_from: datetime
    known_until: datetime | None = Field(description="Forget it then; null: it goes on.")

    @classmethod
    def of(cls, key: PassKey) -> KeyOut:
        """Return it as the API shows it."""
        return cls(
            id=key.id,
            public_key=base64.b64encode(key.public).decode(),
            signs_from=key.signs_from,
            known_until=key.known_until,
        )


class KeysOut(BaseModel):
    """What a till needs to check passes by itself."""

    program_id: int = Field(description="What a pass of this program names.", examples=[3])
    skew_seconds: int = Field(description="How far a till's clock may be wrong.", examples=[30])
    keys: list[KeyOut]


class RotateIn(BaseModel):
    """How soon the new key signs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"at_once": False}]})

    at_once: bool = Field(default=False, description="The old ones are lost: forget them now.")


@router.get(
    "/members/{member_id}/pass-token",
    summary="Make a member's pass",
    dependencies=_MEMBERS,
    responses=_MEMBER_REFUSALS,
)
async def make_pass(
    member_id: UUID, response: Response, tx: ProgramTx, program_id: ProgramId, sealer: Sealing, now: RealNow
) -> PassOut:
    """Make the signed pass a member shows at the till. It lives a minute, can be shown once, and names her by id."""
    token, ends_at, seconds = await _sign(tx, program_id, member_id, sealer, now)
    response.headers.update(_PRIVATE)
    return PassOut(token=token, ends_at=ends_at, lives_seconds=seconds)


@router.get(
    "/members/{member_id}/pass-token/qr.{form}",
    summary="Make a member's pass as a QR code",
    dependencies=_MEMBERS,
    response_class=Response,
    responses={
        **_MEMBER_REFUSALS,
        200: {
            "description": "The picture",
            "content": {
                "image/png": {"schema": {"type": "string", "format": "binary"}},
                "image/svg+xml": {"schema": {"type": "string"}},
            },
        },
    },
)
async def make_pass_qr(
    member_id: UUID,
    form: Annotated[pictures.PictureFormat, Path(description="Of the picture.")],
    tx: ProgramTx,
    program_id: ProgramId,
    sealer: Sealing,
    now: RealNow,
) -> Response:
    """Make a fresh pass and draw it, PNG or SVG."""
    token, _, _ = await _sign(tx, program_id, member_id, sealer, now)
    return Response(pictures.qr(token, form), media_type=pictures.MEDIA[form], headers=_PRIVATE)


@router.post(
    "/till/verify-token",
    summary="Check a member's pass",
    dependencies=_MEMBERS,
    responses={
        403: {
            "description": "`rewards.pass_invalid`, `rewards.pass_ended`, `rewards.pass_used`, "
            "`access.forbidden`: the key lacks the permission"
        }
    },
)
async def verify_pass(body: TokenIn, tx: ProgramTx, program_id: ProgramId, now: RealNow) -> ShownOut:
    """Say who shows a pass. The second time the same one is refused; send an `Idempotency-Key` to be able to retry."""
    found = await passes.verify(tx, program_id, body.token, now=now)
    profile = (await members.load(tx, program_id, [found.member_id])).get(found.member_id)
    if profile is not None and profile.merged_into is not None:
        profile = (await members.load(tx, program_id, [profile.merged_into])).get(profile.merged_into)
    if profile is None:
        raise UnknownMember
    return ShownOut(member_id=profile.id, name=profile.name, status=profile.status, issued_at=found.issued_at)


@router.get("/till/keys", summary="List the keys that sign passes", dependencies=[requires(None)])
async def list_keys(tx: ProgramTx, program_id: ProgramId, now: RealNow) -> KeysOut:
    """List the public keys with which a till checks passes while it is offline. Ask once a day."""
    found = await passes.keys(tx, program_id, now=now)
    skew = int(passes.ALLOWED_SKEW.total_seconds())
    return KeysOut(program_id=program_id, skew_seconds=skew, keys=[KeyOut.of(key) for key in found])


@router.post("/till/keys/rotate", summary="Sign passes with a new key", dependencies=[requires(Permission.KEYS_WRITE)])
async def rotate_keys(
    body: RotateIn, tx: ProgramTx, program_id: ProgramId, caller: ProgramCaller, sealer: Sealing, now: RealNow
) -> KeyOut:
    """Make a new key. It signs from tomorrow on, when tills know it; `at_once` now, and the old ones are forgotten."""
    made = await passes.rotate(tx, program_id, sealer=sealer, at_once=body.at_once, now=now)
    await audit.record(
        tx,
        actor=caller.actor,
        action="till.key_rotated",
        subject=f"pass_key:{made.id}",
        now=now,
        program_id=program_id,
        detail={"at_once": body.at_once},
    )
    return KeyOut.of(made)


async def _sign(
    tx: Transaction, program_id: int, member_id: UUID, sealer: Sealer, now: datetime
) -> tuple[str, datetime, int]:
    profile = (await members.load(tx, program_id, [member_id])).get(member_id)
    if profile is None:
        raise UnknownMember
    if profile.status not in {"active", "merged"}:
        raise MemberInactive
    token, given = await passes.sign(tx, program_id, profile.merged_into or profile.id, sealer=sealer, now=now)
    return token, given.ends_at, int(given.lives.total_seconds())
