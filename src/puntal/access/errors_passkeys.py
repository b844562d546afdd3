"""What passkeys refuse. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class PasskeysUnavailable(Conflict):
    """A passkey is for a name, and this address has none that would stay."""

    code = "access.passkeys_unavailable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Passkeys need PUNTAL_PUBLIC_URL; on this machine open http://localhost instead of a number",
        "es": "Las llaves de acceso requieren PUNTAL_PUBLIC_URL; en esta máquina abre http://localhost y no un número",
    }


class PasskeyRefused(Unauthenticated):
    """No passkey of ours, shut, signed for another site, too late, or twice: told apart by nobody."""

    code = "access.passkey_refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This passkey does not open anything here; try again or sign in another way",
        "es": "Esta llave de acceso no abre nada aquí; prueba otra vez o entra de otra forma",
    }


class PasskeyInvalid(Invalid):
    """What the browser made is no passkey for this site, or was asked for too long ago."""

    code = "access.passkey_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This passkey could not be added; begin again",
        "es": "No se pudo añadir esta llave de acceso; empieza de nuevo",
    }


class PasskeyTaken(Conflict):
    """It is there already."""

    code = "access.passkey_taken"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This passkey is in use already",
        "es": "Esta llave de acceso ya está en uso",
    }


class PasskeyUnknown(NotFound):
    """None of the caller's passkeys has that id."""

    code = "access.passkey_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You have no such passkey",
        "es": "No tienes esa llave de acceso",
    }


class PasskeysMany(Conflict):
    """Nobody has so many devices."""

    code = "access.passkeys_many"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You have {most} passkeys; remove one first",
        "es": "Tienes {most} llaves de acceso; elimina antes una",
    }


class SignedInLongAgo(Forbidden):
    """She has no password to prove who she is, so a fresh session must do."""

    code = "access.sign_in_again"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Sign in again first: this needs a session begun in the last {minutes} minutes",
        "es": "Vuelve a iniciar sesión: esto requiere una sesión de los últimos {minutes} minutos",
    }
