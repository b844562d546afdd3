"""What browsers and authenticators say in the ceremonies of WebAuthn, checked by `webauthn`. No database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from puntal.access.model import Staff
from puntal.access.model_passkeys import Passkey, Site

ISSUER = "Puntal"
TIMEOUT_MS = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A key pair that an authenticator has just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool


def options_to_add(site: Site, staff: Staff, known: Sequence[Passkey], challenge: bytes) -> dict[str, Any]:
    """Return what `navigator.credentials.create` is given, as JSON values."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=staff.id.bytes,
        user_name=staff.email,
        user_display_name=staff.name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    return _json(webauthn.options_to_json(options))


def options_to_sign_in(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return what `navigator.credentials.get` is given, as JSON values: any passkey of the site will do."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _json(webauthn.options_to_json(options))


def challenge_of(credential: Mapping[str, Any]) -> bytes | None:
    """Return the challenge that an answer says it signed; None where it says none. Nothing is believed yet."""
    try:
        said = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        # Pages of ours are never in a frame of somebody else's.
        return None if said.get("crossOrigin") else base64url_to_bytes(said["challenge"])
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def id_of(credential: Mapping[str, Any]) -> bytes | None:
    """Return the name of the passkey that an answer is of."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (KeyError, TypeError, ValueError):
        return None


def handle_of(credential: Mapping[str, Any]) -> bytes | None:
    """Return whose passkey it says it is."""
    try:
        return base64url_to_bytes(credential["response"]["userHandle"])
    except (KeyError, TypeError, ValueError):
        return None


def made(credential: Mapping[str, Any], *, site: Site, challenge: bytes) -> Made | None:
    """Return the key pair of an answer; None where it is of another site, unverified, or broken in any way."""
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - a stranger's bytes break parsers in many ways, and each is the same answer
        return None
    return Made(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def signed(credential: Mapping[str, Any], passkey: Passkey, *, site: Site, challenge: bytes) -> int | None:
    """Return the count of a right signature; None where it is wrong in any way. Comparing counts is the caller's."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            # A count that is too low is no wrong signature but a copy, and has its own consequence.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - as above
        return None
    return verified.new_sign_count


def is_copy(known: int, said: int) -> bool:
    """Tell whether a count says that somebody else has the same key: it does not grow, though it is kept."""
    return (known > 0 or said > 0) and said <= known


def _json(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text)
    return read
