"""What signing in, sessions and second factors refuse. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, NotFound, TooMany, Unauthenticated


class SignInRefused(Unauthenticated):
    """No such person, disabled, no password, or a wrong one: the same answer after the same work."""

    code = "access.sign_in_refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The e-mail address or the password is wrong",
        "es": "La dirección de correo o la contraseña no es correcta",
    }


class SecondFactorRequired(Unauthenticated):
    """The password was right; the person has a second factor."""

    code = "access.second_factor_required"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Send the code of your authenticator app too, or a recovery code",
        "es": "Envía también el código de tu aplicación de autenticación, o un código de recuperación",
    }


class SecondFactorWrong(Unauthenticated):
    """Not the code of now, one used already, or no recovery code that is left."""

    code = "access.second_factor_wrong"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This code is wrong or was used already; wait for the next one",
        "es": "Este código no es correcto o ya se usó; espera al siguiente",
    }


class SignInBlocked(TooMany):
    """Too many failures of this account or from this address, whether or not the account exists."""

    code = "access.sign_in_blocked"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Too many failed attempts; try again in {retry_after_seconds} s",
        "es": "Demasiados intentos fallidos; reinténtalo en {retry_after_seconds} s",
    }


class KnocksExceeded(TooMany):
    """More tries to come in from one address than people make, right or wrong."""

    code = "access.knocks_exceeded"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Too many tries to sign in from your network; try again in {retry_after_seconds} s",
        "es": "Demasiados intentos de entrar desde tu red; reinténtalo en {retry_after_seconds} s",
    }


class SessionMissing(Unauthenticated):
    """Only somebody signed in with a session may ask this; a key is nobody."""

    code = "access.session_missing"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Sign in first",
        "es": "Primero inicia sesión",
    }


class SessionEnded(Unauthenticated):
    """Signed out, revoked, expired, left unused, or never one of ours: told apart by nobody."""

    code = "access.session_ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Your session has ended; sign in again",
        "es": "Tu sesión ha terminado; vuelve a iniciar sesión",
    }


class SessionUnknown(NotFound):
    """None of the caller's sessions has that id."""

    code = "access.session_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You have no such session",
        "es": "No tienes esa sesión",
    }


class ForeignOrigin(Forbidden):
    """A page of another site, or no page at all, tried to use a session to change something."""

    code = "access.foreign_origin"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Changes with a session are taken from our own pages only; programs use an API key",
        "es": "Con una sesión solo se aceptan cambios desde nuestras páginas; los programas usan una clave de API",
    }


class PasswordWrong(Forbidden):
    """Whoever is signed in did not prove to be herself."""

    code = "access.password_wrong"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The present password is wrong",
        "es": "La contraseña actual no es correcta",
    }


class FactorEnrolled(Conflict):
    """A second one would silently replace the first."""

    code = "access.second_factor_enrolled"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You have a second factor already; remove it first",
        "es": "Ya tienes un segundo factor; elimínalo primero",
    }


class FactorMissing(Conflict):
    """Nothing to confirm, renew or remove."""

    code = "access.second_factor_missing"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "You have no second factor to do this with",
        "es": "No tienes ningún segundo factor con el que hacer esto",
    }


class FactorUnproven(Forbidden):
    """Somebody signed in sent a code that is not right."""

    code = "access.second_factor_unproven"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This code is wrong or was used already; check the clock of your phone",
        "es": "Este código no es correcto o ya se usó; comprueba el reloj de tu teléfono",
    }


class SecretUnreadable(Conflict):
    """It was sealed by a key that this server was not given."""

    code = "access.secret_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This server lacks the key to a stored secret; use a recovery code, or ask whoever runs it",
        "es": "A este servidor le falta la clave de un secreto guardado; usa un código de recuperación o pide ayuda",
    }


class ResetOver(NotFound):
    """Used, replaced by a newer one, expired, or never one of ours."""

    code = "access.reset_over"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This link was used already or has expired; ask for a new one",
        "es": "Este enlace ya se usó o ha caducado; pide uno nuevo",
    }
