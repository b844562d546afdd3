"""What single sign-on refuses. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound, Unauthenticated


class ProviderUnknown(NotFound):
    """Nobody of that name vouches for staff here."""

    code = "access.provider_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no provider {provider} here",
        "es": "Aquí no hay ningún proveedor {provider}",
    }


class ProviderFixed(Conflict):
    """The settings name it; what they say is changed where they are."""

    code = "access.provider_fixed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The provider {provider} is set by PUNTAL_OIDC_*; change it there",
        "es": "El proveedor {provider} se define con PUNTAL_OIDC_*; cámbialo allí",
    }


class ProviderUnreachable(Conflict):
    """It does not answer, names itself otherwise, or cannot do what is asked of it."""

    code = "access.provider_unreachable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The provider {provider} does not answer as it should; try again, or sign in another way",
        "es": "El proveedor {provider} no responde como debería; inténtalo de nuevo o entra de otra forma",
    }


class ClientRefused(Conflict):
    """The provider does not know us by the client ID and secret that were set; nobody comes in by it until they are."""

    code = "access.sso_client_refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The provider {provider} does not take our client ID or secret; correct them under Company sign-in",
        "es": "El proveedor {provider} no acepta nuestro ID de cliente o su secreto; corrígelos en Acceso de empresa",
    }


class IssuerInvalid(Invalid):
    """Its answers could be read and changed on the way."""

    code = "access.issuer_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The address of a provider begins with https://",
        "es": "La dirección de un proveedor empieza por https://",
    }


class NewRoleInvalid(Invalid):
    """Whoever comes first would be let in by nobody's word, or could do everything."""

    code = "access.new_role_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "New people get a role only with domains named, and never owner",
        "es": "Las personas nuevas reciben un rol solo si se indican dominios, y nunca el de propietario",
    }


class SsoRefused(Unauthenticated):
    """Too late, twice, in another browser, wrongly signed, or declined by the provider: told apart by nobody."""

    code = "access.sso_refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Signing in by {provider} did not work; try again",
        "es": "No se pudo entrar con {provider}; inténtalo de nuevo",
    }


class SsoUnverified(Unauthenticated):
    """The provider does not say that the address is hers."""

    code = "access.sso_email_unverified"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{provider} did not confirm your e-mail address",
        "es": "{provider} no confirmó tu dirección de correo",
    }


class SsoNobody(Unauthenticated):
    """The provider knows her, and she is not staff here."""

    code = "access.sso_nobody"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Nobody here has your address; ask an owner to add you",
        "es": "Aquí nadie tiene tu dirección; pide a un propietario que te añada",
    }
