"""Who vouches for staff, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ENVIRONMENT = "sso"
"""Id of the provider that the settings name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An OpenID Connect provider by whom staff may sign in.

    Attributes:
        issuer: Its address, as it names itself.
        secret: What it knows us by; None for clients without one.
        domains: Of e-mail addresses it vouches for; none: of people who are staff already.
        new_role: What somebody new is; None: nobody new is let in.
        fixed: Named by the settings, so not changed here.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    secret: str | None
    domains: Sequence[str]
    new_role: str | None
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom a provider says that somebody is; its signature was right.

    Attributes:
        subject: Hers at the issuer, for ever.
        email: In lower case; None where it says none, or does not call it verified.
    """

    issuer: str
    subject: str
    email: str | None
    name: str | None
    locale: str | None


def vouches_for(provider: Provider, email: str) -> bool:
    """Tell whether an address is of the domains a provider is for."""
    domain = email.rpartition("@")[2]
    return not provider.domains or domain in provider.domains
