"""Talking to OpenID Connect providers: what they say of themselves, and what they say of people (decision 0081).

Nothing of ours is open while a provider is asked: no transaction, no lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from puntal.access.errors_sso import ClientRefused, ProviderUnreachable, SsoRefused
from puntal.access.model_sso import Provider, Vouched
from puntal.kit.http import is_loopback

SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""By a key of the issuer's alone: a shared secret would let us forge what it says."""
KNOWN = timedelta(minutes=10)
"""How long what an issuer says of itself is believed without asking again."""
LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 10.0
_OURS_WRONG = frozenset({"invalid_client", "unauthorized_client"})
"""What a provider says of us, not of whoever wants to come in (RFC 6749, section 5.2)."""
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_log = structlog.get_logger(__name__)


class Issuers:
    """Asks providers, and remembers for a while what they say of themselves. One per process."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, dict[str, Any], KeySet]] = {}

    async def address(
        self, provider: Provider, *, redirect: str, state: str, nonce: str, verifier: str, now: datetime
    ) -> str:
        """Return where to send somebody who wants to sign in.

        Args:
            provider: By whom.
            redirect: Where she is to come back to.
            state: Comes back with her.
            nonce: Comes back in what the provider signs.
            verifier: Of PKCE; its hash goes along.
            now: The real time.

        Raises:
            ProviderUnreachable: It does not say of itself what it should.
        """
        said, _ = await self._about(provider, now)
        async with self._client(provider, redirect, said) as client:
            url, _state = client.create_authorization_url(
                said["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def vouched(
        self, provider: Provider, *, code: str, redirect: str, nonce: str, verifier: str, now: datetime
    ) -> Vouched:
        """Exchange a code and return whom the provider says that somebody is.

        Raises:
            ProviderUnreachable: It does not answer, or not as it should.
            ClientRefused: It does not know us by our ID and secret.
            SsoRefused: The code is no good, or what it gave is not signed by the issuer, for us, for this journey, now.
        """
        said, keys = await self._about(provider, now)
        try:
            async with self._client(provider, redirect, said) as client:
                token = await client.fetch_token(
                    said["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
                )
                claims = await self._claims(provider, str(token.get("id_token")), keys, nonce=nonce, now=now)
                if "email" not in claims and "userinfo_endpoint" in said:
                    more = (await client.get(said["userinfo_endpoint"])).raise_for_status().json()
                    if more.get("sub") != claims["sub"]:
                        raise SsoRefused(provider=provider.name)
                    claims = more | claims
        except (httpx2.HTTPError, httpx2.InvalidURL) as away:
            _log.warning("sso.unreachable", provider=provider.id, reason=type(away).__name__)
            raise ProviderUnreachable(provider=provider.name) from away
        except (JoseError, OAuthError, AttributeError, KeyError, TypeError, ValueError) as wrong:
            # The reason is for whoever runs this; whoever knocks learns that it did not work.
            _log.warning("sso.refused", provider=provider.id, reason=type(wrong).__name__, said=str(wrong)[:200])
            if isinstance(wrong, OAuthError) and wrong.error in _OURS_WRONG:
                raise ClientRefused(provider=provider.name) from wrong
            raise SsoRefused(provider=provider.name) from wrong
        return _vouched(provider, claims)

    async def _claims(
        self, provider: Provider, token: str, keys: KeySet, *, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """Return what the token says, its signature and all that ties it to us and to this journey being right."""
        try:
            read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            # The issuer may have new keys since; asked once more, and only once.
            self._known.pop(provider.issuer, None)
            _, keys = await self._about(provider, now)
            read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(read.claims)
        claims: dict[str, Any] = read.claims
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != provider.client_id:
            raise SsoRefused(provider=provider.name)
        return claims

    async def _about(self, provider: Provider, now: datetime) -> tuple[dict[str, Any], KeySet]:
        known = self._known.get(provider.issuer)
        if known is not None and known[0] <= now < known[0] + KNOWN:
            return known[1], known[2]
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
                where = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
                said = (await client.get(where)).raise_for_status().json()
                if said["issuer"] != provider.issuer or not all(is_safe(said[name]) for name in _NEEDED):
                    raise ProviderUnreachable(provider=provider.name)
                keys = KeySet.import_key_set((await client.get(said["jwks_uri"])).raise_for_status().json())
        except (httpx2.HTTPError, httpx2.InvalidURL, JoseError, KeyError, TypeError, ValueError) as wrong:
            _log.warning("sso.unreachable", provider=provider.id, reason=type(wrong).__name__)
            raise ProviderUnreachable(provider=provider.name) from wrong
        self._known[provider.issuer] = (now, said, keys)
        return said, keys

    def _client(self, provider: Provider, redirect: str, said: Mapping[str, Any]) -> AsyncOAuth2Client:
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return AsyncOAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.secret,
            scope=SCOPE,
            redirect_uri=redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method=way if provider.secret is not None else "none",
            timeout=_TIMEOUT_SECONDS,
        )


def is_safe(address: object) -> bool:
    """Tell whether what is said there cannot be read or changed on the way; on this machine plain http will do."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.username is not None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def _vouched(provider: Provider, claims: Mapping[str, Any]) -> Vouched:
    email, name, locale = claims.get("email"), claims.get("name"), claims.get("locale")
    verified = isinstance(email, str) and claims.get("email_verified") is True
    return Vouched(
        issuer=provider.issuer,
        subject=str(claims["sub"])[:255],
        email=str(email).strip().lower() if verified else None,
        name=name[:200] if isinstance(name, str) and name.strip() else None,
        locale=locale if isinstance(locale, str) else None,
    )
