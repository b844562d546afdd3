"""A little OpenID Connect provider on this machine: real HTTP, real keys, real RS256 signatures, real PKCE."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from puntal.kit import clock

CLIENT, SECRET = "puntal", "between us two"


@dataclass
class Provider:
    """What it says of people can be made wrong, claim by claim."""

    issuer: str
    person: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    """Claims that its token has otherwise; None leaves one out."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: Any = None
    algorithm: str = "RS256"
    names_itself: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def consent(self, address: str) -> tuple[str, str]:
        """Do what its page does when somebody agrees; returns the state and a code."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert said["response_type"] == "code"
        assert said["code_challenge_method"] == "S256"
        assert said["client_id"] == CLIENT
        assert "openid" in said["scope"].split()
        code = secrets.token_urlsafe(12)
        self.codes[code] = said
        return said["state"], code

    async def configuration(self, _request: Request) -> Response:
        self.asked.append("configuration")
        more = {"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.userinfo else {}
        return JSONResponse({
            "issuer": self.names_itself or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | more)  # fmt: skip

    async def keys(self, _request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Show its page to a browser: whoever presses the link agrees, and goes back."""
        self.asked.append("authorize")
        state, code = self.consent(str(request.url))
        back = f"{self.codes[code]['redirect_uri']}?{urlencode({'state': state, 'code': code})}"
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>Acme</title><link rel="icon" href="data:,"><main><h1>Acme</h1>'
            f'<a href="{escape(back)}">Agree</a></main></html>'
        )

    async def token(self, request: Request) -> Response:
        self.asked.append("token")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "%20").encode()).decode()
        plain = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") not in {expected, plain}:
            return JSONResponse({"error": "invalid_client"}, 401)
        begun = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            begun is None
            or begun["code_challenge"] != challenge.decode().rstrip("=")
            or begun["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "248289761001",
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
        }  # fmt: skip
        claims = {name: value for name, value in (claims | self.person | self.changed).items() if value is not None}
        key = self.signs_with or self.key
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            parts = (
                base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
            )
            signed = f"{'.'.join(parts)}."
        else:
            signed = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return JSONResponse({"access_token": "at-1", "token_type": "Bearer", "expires_in": 300, "id_token": signed})

    async def about(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer at-1"
        return JSONResponse(self.userinfo)


def shared_secret() -> Any:
    """Return a key as forgers would use it: the client's own secret."""
    return OctKey.import_key(SECRET.ljust(32, "."), {"kid": "one"})


@asynccontextmanager
async def a_provider(host: str = "127.0.0.1") -> AsyncIterator[Provider]:
    """Run one on a free port of this machine, which it calls by a name."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = Provider(issuer=f"http://{host}:{listening.getsockname()[1]}")
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.configuration),
            Route("/authorize", provider.authorize),
            Route("/keys", provider.keys),
            Route("/token", provider.token, methods=["POST"]),
            Route("/userinfo", provider.about),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:  # noqa: ASYNC110 - the server tells in no other way
            await asyncio.sleep(0.01)
        yield provider
    finally:
        server.should_exit = True
        await serving
        listening.close()
