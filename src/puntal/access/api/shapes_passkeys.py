"""What the routes of passkeys take and give; the names of WebAuthn's JSON are its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from puntal.access.api.shapes import Name
from puntal.access.api.shapes_sign_in import Code, Password
from puntal.access.model_passkeys import Passkey

_ID = "3q2-7wAAAAAAAAAAAAAAAA"
_B64 = Annotated[str, Field(min_length=1, max_length=100_000)]


class _Wire(BaseModel):
    # What browsers add to it in years to come is none of our business.
    model_config = ConfigDict(extra="ignore", populate_by_name=True, serialize_by_alias=True)


class Attestation(_Wire):
    """What a new passkey says of itself."""

    client_data_json: _B64 = Field(alias="clientDataJSON", examples=["eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0"])
    attestation_object: _B64 = Field(alias="attestationObject", examples=["o2NmbXRkbm9uZQ"])
    transports: list[Annotated[str, Field(max_length=50)]] | None = Field(default=None, max_length=20)


class NewCredential(_Wire):
    """What `navigator.credentials.create` answered, by its `toJSON()`."""

    id: _B64 = Field(examples=[_ID])
    raw_id: _B64 = Field(alias="rawId", examples=[_ID])
    type: Literal["public-key"]
    response: Attestation


class Assertion(_Wire):
    """What a passkey signed."""

    client_data_json: _B64 = Field(alias="clientDataJSON", examples=["eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"])
    authenticator_data: _B64 = Field(
        alias="authenticatorData", examples=["SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2M"]
    )
    signature: _B64 = Field(examples=["MEUCIQD"])
    user_handle: _B64 | None = Field(default=None, alias="userHandle", examples=["AZqPXnweeACAAD9sKx1OWg"])


class SignedCredential(_Wire):
    """What `navigator.credentials.get` answered, by its `toJSON()`."""

    id: _B64 = Field(examples=[_ID])
    raw_id: _B64 = Field(alias="rawId", examples=[_ID])
    type: Literal["public-key"]
    response: Assertion


_MADE: dict[str, JsonValue] = {
    "id": _ID,
    "rawId": _ID,
    "type": "public-key",
    "response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0", "attestationObject": "o2NmbXRkbm9uZQ"},
}
_SIGNED: dict[str, JsonValue] = {
    "id": _ID,
    "rawId": _ID,
    "type": "public-key",
    "response": {
        "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2M",
        "signature": "MEUCIQD",
        "userHandle": "AZqPXnweeACAAD9sKx1OWg",
    },
}


class Reproof(BaseModel):
    """Who somebody signed in is, once more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"password": "four quiet green apples"}]})

    password: Password | None = Field(default=None, description="The present one; left out by whoever has none.")
    code: Code | None = Field(default=None, description="Of her second factor, where she has one.")


class AddPasskey(BaseModel):
    """A passkey her browser has made, and what she calls it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Work laptop", "credential": _MADE}]}
    )

    name: Name
    credential: NewCredential


class RenamePasskey(BaseModel):
    """What she calls it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Work laptop"}]})

    name: Name


class UsePasskey(BaseModel):
    """A passkey that signed what was asked."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"credential": _SIGNED}]})

    credential: SignedCredential


class PasskeyOut(BaseModel):
    """A passkey of hers."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str = Field(examples=["Work laptop"])
    synced: bool = Field(description="Kept by several of her devices.")
    created_at: datetime
    used_at: datetime | None
    shut_at: datetime | None = Field(description="Since when it opens nothing, because a copy of it was used.")

    @classmethod
    def of(cls, passkey: Passkey) -> PasskeyOut:
        """Return the passkey as its owner is shown it."""
        return cls.model_validate(passkey)


class RelyingParty(_Wire):
    """Who asks."""

    id: str = Field(examples=["club.example"])
    name: str = Field(examples=["Puntal"])


class PasskeyUser(_Wire):
    """For whom."""

    id: str = Field(examples=["AZqPXnweeACAAD9sKx1OWg"])
    name: str = Field(examples=["anna@example.com"])
    display_name: str = Field(alias="displayName", examples=["Anna"])


class KeyKind(_Wire):
    """A kind of key that will do."""

    type: Literal["public-key"]
    alg: int = Field(examples=[-7])


class KnownCredential(_Wire):
    """One that is there already."""

    id: str = Field(examples=[_ID])
    type: Literal["public-key"]


class Selection(_Wire):
    """What the authenticator must be able to do."""

    resident_key: str = Field(alias="residentKey", examples=["required"])
    require_resident_key: bool = Field(alias="requireResidentKey")
    user_verification: str = Field(alias="userVerification", examples=["required"])


class CreationOptions(_Wire):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON`."""

    rp: RelyingParty
    user: PasskeyUser
    challenge: str = Field(examples=["bSk_P26fV7-nKgB-gFVDXV61kmoY6G2sLbtP7y3O2rI"])
    pub_key_cred_params: list[KeyKind] = Field(alias="pubKeyCredParams")
    timeout: int = Field(examples=[300000])
    exclude_credentials: list[KnownCredential] = Field(alias="excludeCredentials")
    authenticator_selection: Selection = Field(alias="authenticatorSelection")
    attestation: str = Field(examples=["none"])

    @classmethod
    def of(cls, options: dict[str, Any]) -> CreationOptions:
        """Return the options as they are sent."""
        return cls.model_validate(options)


class RequestOptions(_Wire):
    """For `PublicKeyCredential.parseRequestOptionsFromJSON`."""

    challenge: str = Field(examples=["pRrswOIizAUKnmYRpheMMNNo61wKHG2hPXPdUMumgNg"])
    timeout: int = Field(examples=[300000])
    rp_id: str = Field(alias="rpId", examples=["club.example"])
    allow_credentials: list[KnownCredential] = Field(alias="allowCredentials")
    user_verification: str = Field(alias="userVerification", examples=["required"])

    @classmethod
    def of(cls, options: dict[str, Any]) -> RequestOptions:
        """Return the options as they are sent."""
        return cls.model_validate(options)
