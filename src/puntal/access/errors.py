"""What this slice refuses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, TooMany, Unauthenticated


class NoCredentials(Unauthenticated):
    """No `Authorization: Bearer <key>` was sent."""

    code = "access.credentials_missing"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Send an API key in the header Authorization: Bearer pk_live_…",
        "es": "Envía una clave de API en la cabecera Authorization: Bearer pk_live_…",
    }


class KeyUnknown(Unauthenticated):
    """Not a key of ours, a wrong secret, or used from a network it is not allowed from: told apart by nobody."""

    code = "access.key_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This API key is not known here",
        "es": "Esta clave de API no se conoce aquí",
    }


class KeyExpired(Unauthenticated):
    """The secret is right; its time is over."""

    code = "access.key_expired"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This API key has expired",
        "es": "Esta clave de API ha caducado",
    }


class KeyRevoked(Unauthenticated):
    """The secret is right; somebody revoked the key, rotated it, or disabled the person it belongs to."""

    code = "access.key_revoked"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This API key was revoked",
        "es": "Esta clave de API fue revocada",
    }


class OrganizationOnly(Forbidden):
    """A key of one program asked for something of the whole organization."""

    code = "access.organization_only"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This needs a key of the whole organization, not of one program",
        "es": "Esto requiere una clave de toda la organización, no de un solo programa",
    }


class BeyondOwn(Forbidden):
    """The caller would hand out what she does not have."""

    code = "access.beyond_own"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You cannot give a permission you do not have: {permissions}",
        "es": "No puedes dar un permiso que no tienes: {permissions}",
    }


class ProgramUnknown(NotFound):
    """No such program, or not one of the caller's: the same answer on purpose."""

    code = "access.program_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no program {program} here",
        "es": "Aquí no hay ningún programa {program}",
    }


class KeyNotFound(NotFound):
    """No key of this organization has that id."""

    code = "access.key_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such API key",
        "es": "No existe esa clave de API",
    }


class KeyEnded(Conflict):
    """A revoked, rotated or expired key cannot be rotated."""

    code = "access.key_ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This API key was already revoked or rotated, or has expired",
        "es": "Esta clave de API ya fue revocada o rotada, o ha caducado",
    }


class NetworkInvalid(Invalid):
    """Not a CIDR block."""

    code = "access.network_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{network} is not an address or a network such as 203.0.113.0/24",
        "es": "{network} no es una dirección ni una red como 203.0.113.0/24",
    }


class ExpiryPast(Invalid):
    """A key or an overlap that would end before it begins."""

    code = "access.expiry_past"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The instant given lies in the past",
        "es": "El instante indicado está en el pasado",
    }


class StaffUnknown(NotFound):
    """Nobody of this organization."""

    code = "access.staff_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such person among the staff",
        "es": "No existe esa persona entre el personal",
    }


class EmailTaken(Conflict):
    """Somebody on this installation already signs in with that address."""

    code = "access.email_taken"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This e-mail address is already in use",
        "es": "Esta dirección de correo ya está en uso",
    }


class LastOwner(Conflict):
    """Without an owner nobody could let anybody in again."""

    code = "access.last_owner"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The last owner stays one; make another owner first",
        "es": "Siempre queda una persona propietaria; nombra antes a otra",
    }


class PasswordWeak(Invalid):
    """Shorter than the least length, longer than the most, or made of almost nothing."""

    code = "access.password_weak"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A password has {least} to {most} characters, at least {different} of them different",
        "es": "Una contraseña tiene de {least} a {most} caracteres, al menos {different} de ellos distintos",
    }


class RoleUnknown(Invalid):
    """No role of that name."""

    code = "access.role_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no role {role}",
        "es": "No existe el rol {role}",
    }


class RoleReserved(Conflict):
    """The permissions of a built-in role are not set by hand."""

    code = "access.role_reserved"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{role} is built in: only its limit can be set",
        "es": "{role} es un rol de serie: solo se puede fijar su límite",
    }


class ApprovalUnknown(NotFound):
    """No such request in this program."""

    code = "access.approval_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such request for approval",
        "es": "No existe esa solicitud de aprobación",
    }


class ApprovalDecided(Conflict):
    """Somebody was first."""

    code = "access.approval_decided"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This request is already {state}",
        "es": "Esta solicitud ya está decidida: {state}",
    }


class OwnRequest(Forbidden):
    """Four eyes are two people."""

    code = "access.own_request"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Whoever asked cannot approve; a second person must",
        "es": "Quien lo pidió no puede aprobarlo; debe hacerlo otra persona",
    }


class ActionUnavailable(Conflict):
    """Nothing here knows how to do what was asked for."""

    code = "access.action_unavailable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This installation cannot do {action}",
        "es": "Esta instalación no puede hacer {action}",
    }


class RateExceeded(TooMany):
    """More requests a second than the key is allowed."""

    code = "access.rate_exceeded"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This key made more than {limit} requests in {window_seconds} s; try again in {retry_after_seconds} s",
        "es": "Esta clave hizo más de {limit} peticiones en {window_seconds} s; reinténtalo en {retry_after_seconds} s",
    }


class IdempotencyKeyInvalid(Malformed):
    """The header is empty, too long, or not printable ASCII."""

    code = "idempotency.key_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Idempotency-Key has 1 to {most} printable ASCII characters",
        "es": "Idempotency-Key tiene de 1 a {most} caracteres ASCII imprimibles",
    }


class IdempotencyKeyReused(Conflict):
    """The key already names another request."""

    code = "idempotency.key_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This Idempotency-Key was used for a different request",
        "es": "Esta Idempotency-Key ya se usó para otra petición",
    }


class IdempotencyKeyBusy(Conflict):
    """The same request is still being worked on."""

    code = "idempotency.in_progress"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The first request with this Idempotency-Key is still under way; try again shortly",
        "es": "La primera petición con esta Idempotency-Key sigue en curso; reinténtalo en unos instantes",
    }
