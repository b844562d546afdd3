"""What the routes of signing in take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from puntal.access.api.shapes import StaffOut
from puntal.access.model import Permission

_TOKEN = "q0dR3mVtXy7JmHfC2kq0l6bW1nZs4pTg8uEiAoYx5cM"  # noqa: S105 - an example, opens nothing
_CODES = ["mfzw-q2lk-onrx-i33s", "nbsw-y3dp-eb3w-64tm"]

Password = Annotated[str, Field(min_length=1, max_length=1000)]
Code = Annotated[str, Field(min_length=1, max_length=60)]
Token = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(BaseModel):
    """Who somebody says she is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "anna@example.com", "password": "four quiet green apples"}]},
    )

    email: str = Field(min_length=1, max_length=254)
    password: Password
    code: Code | None = Field(
        default=None, description="Six digits of the authenticator app, or a recovery code; once she has a factor."
    )


class ChangePassword(BaseModel):
    """A new password, chosen by whoever knows the present one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"password": "four quiet green apples", "new_password": "nine loud purple pears"}]
        },
    )

    password: Password = Field(description="The present one.")
    new_password: Password


class UseReset(BaseModel):
    """A new password, chosen by whoever was given a token."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": _TOKEN, "password": "nine loud purple pears"}]},
    )

    token: Token
    password: Password


class ShowReset(BaseModel):
    """A token that somebody was given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": _TOKEN}]})

    token: Token


class ResetForOut(BaseModel):
    """Whom a token is for."""

    name: str = Field(examples=["Ben"])
    email: str = Field(description="With which she signs in.", examples=["ben@example.com"])
    organization: str = Field(examples=["Café Aurora"])


class Proof(BaseModel):
    """The present password, before what proves who somebody is changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"password": "four quiet green apples"}]})

    password: Password


class FactorProof(BaseModel):
    """The present password and a code of the second factor."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"password": "four quiet green apples", "code": "492039"}]},
    )

    password: Password
    code: Code = Field(description="Six digits of the authenticator app, or a recovery code.")


class ConfirmFactor(BaseModel):
    """The first code of a new authenticator app."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "492039"}]})

    code: Code


class MakeReset(BaseModel):
    """What a reset is to do."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"second_factor": False}]})

    second_factor: bool = Field(
        default=False,
        description="Using it also takes her second factor and her passkeys away: she lost phone and recovery codes.",
    )


class ResetOut(BaseModel):
    """A right to choose a new password once. The token is shown this once."""

    token: str | None = Field(
        description="Hand it to her yourself. Null when the answer is a repeated one: secrets are not kept.",
        examples=[_TOKEN],
    )
    expires_at: datetime


class ProgramName(BaseModel):
    """A program she may open, as it stands now."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    slug: str = Field(examples=["club"])
    name: str = Field(description="In her language.", examples=["Club Aurora"])
    currency: str | None = Field(description="Null while its draft names none.", examples=["EUR"])
    timezone: str | None = Field(examples=["Europe/Madrid"])
    locales: list[str] = Field(description="Its languages.", examples=[["es", "en"]])
    phase: Literal["draft", "live", "spend_only", "closed"]
    revision: int = Field(description="Newest published one; 0 before the first.")
    clock_offset_seconds: int = Field(description="Its clock is the real one minus this; 0 but for replayed history.")
    now: datetime = Field(description="The time by its clock.")


class FactorOut(BaseModel):
    """Her second factor."""

    since: datetime | None = Field(description="Since when it is asked for; null without one.")
    recovery_codes_left: int


class SessionOut(BaseModel):
    """A browser in which she is signed in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    seen_at: datetime = Field(description="To the minute or so.")
    expires_at: datetime
    address: str | None = Field(examples=["203.0.113.7"])
    agent: str | None = Field(examples=["Mozilla/5.0 (X11; Linux x86_64) Firefox/146.0"])
    current: bool = Field(default=False, description="The one that asks.")


class OrganizationName(BaseModel):
    """Whom she works for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str


class StoreName(BaseModel):
    """Where she works."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["madrid-1"])
    name: str = Field(examples=["Gran Vía"])


class MeOut(BaseModel):
    """Whoever is signed in, and what she may do."""

    staff: StaffOut
    organization: OrganizationName
    permissions: list[Permission]
    adjust_limit: int | None = Field(description="Most one adjustment moves without a second person; null is no limit.")
    programs: list[ProgramName]
    store: StoreName | None = Field(description="Where she works, for cashiers.")
    second_factor: FactorOut
    session: SessionOut
    csrf: Literal["same_origin"] = Field(
        default="same_origin",
        description="What changes take: that a page of this origin sends them. No header and no token beside the "
        "cookie.",
    )


class NewFactorOut(BaseModel):
    """What an authenticator app is given. Shown this once."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(examples=["otpauth://totp/Puntal:anna%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Puntal"])
    picture: str = Field(description="The URI as a QR code, SVG.", examples=["<svg></svg>"])


class RecoveryCodesOut(BaseModel):
    """Codes for when the phone is lost, each used once. Shown this once."""

    recovery_codes: list[str] = Field(examples=[_CODES])
