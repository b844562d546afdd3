"""The cookie of a session, and what a request with one says of where it comes from."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from puntal.access import policy
from puntal.access.model_passkeys import Site
from puntal.access.model_sign_in import Browser, SentSession
from puntal.kit import http
from puntal.kit.settings import Settings

SECURE = "__Host-puntal_session"
"""The prefix makes browsers take it over https only, for this host alone, from nobody but this host."""
PLAIN = "puntal_session"
"""On this machine, where there is no https."""
KNOCK = "puntal_knock"
"""Of a browser on its way in; the prefix as above."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def sent(request: HTTPConnection) -> SentSession | None:
    """Return the session a request brought; None where it has none."""
    if "cookie" not in request.headers:
        # Machines send none, often: nothing else is looked at.
        return None
    token = request.cookies.get(_name(request))
    if not token:
        return None
    return SentSession(token=token, unsafe=request.scope["method"] not in _SAFE, own=is_own(request))


def is_own(request: HTTPConnection) -> bool:
    """Tell whether a page of ours sent the request."""
    return policy.is_own(request.headers.get("sec-fetch-site"), request.headers.get("origin"), _origins(request))


def is_foreign(request: HTTPConnection) -> bool:
    """Tell whether a page of another site sent the request; a program sends neither header and is not foreign."""
    return not is_own(request) and bool({"sec-fetch-site", "origin"} & set(request.headers.keys()))


def is_here(request: HTTPConnection) -> bool:
    """Tell whether whoever asks sits at this machine: no network and no proxy between, as far as can be seen."""
    proxied = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"} & set(request.headers.keys())
    client = request.client
    local = client is not None and http.is_loopback(client.host) and http.is_loopback(request.url.hostname or "")
    return local and not proxied and http.settings_of(request).public_url is None


def browser_of(request: HTTPConnection) -> Browser:
    """Return where somebody is."""
    return Browser(address=request.client.host if request.client else None, agent=request.headers.get("user-agent"))


def put(response: Response, request: HTTPConnection, token: str, expires_at: datetime) -> None:
    """Give the browser its session."""
    response.set_cookie(
        _name(request),
        token,
        expires=expires_at,
        path="/",
        secure=not _is_plain(request),
        httponly=True,
        samesite="strict",
    )


def put_knock(response: Response, request: HTTPConnection, token: str, *, seconds: int) -> None:
    """Give a browser that is about to prove who she is something to be known by on its way back.

    `Lax`: it comes back from a provider's page by a link.
    """
    response.set_cookie(
        _knock(request),
        token,
        max_age=seconds,
        path="/",
        secure=not _is_plain(request),
        httponly=True,
        samesite="lax",
    )


def knock_of(request: HTTPConnection) -> str | None:
    """Return what the browser was given by `put_knock`."""
    return request.cookies.get(_knock(request))


def drop_knock(response: Response, request: HTTPConnection) -> None:
    """Take it back."""
    response.delete_cookie(_knock(request), path="/", secure=not _is_plain(request), httponly=True, samesite="lax")


def base_of(request: HTTPConnection) -> str:
    """Return the address under which browsers reach us, without a slash at its end."""
    public = http.settings_of(request).public_url
    return f"{request.url.scheme}://{request.url.netloc}" if public is None else public.rstrip("/")


def site_of(request: HTTPConnection) -> Site | None:
    """Return what passkeys are bound to here; None where browsers would not take one, or it would not stay."""
    chosen = http.settings_of(request)
    if chosen.public_url is not None:
        public = urlsplit(chosen.public_url)
        return Site(host=public.hostname or "", origin=f"{public.scheme}://{public.netloc}")
    if request.url.hostname != "localhost":
        return None
    return Site(host="localhost", origin=f"{request.url.scheme}://{request.url.netloc}")


def drop(response: Response, request: HTTPConnection) -> None:
    """Take the session from the browser."""
    response.delete_cookie(_name(request), path="/", secure=not _is_plain(request), httponly=True, samesite="strict")


def _name(request: HTTPConnection) -> str:
    return PLAIN if _is_plain(request) else SECURE


def _knock(request: HTTPConnection) -> str:
    return KNOCK if _is_plain(request) else f"__Host-{KNOCK}"


def _is_plain(request: HTTPConnection) -> bool:
    return request.url.scheme == "http" and http.is_loopback(request.url.hostname or "")


def _origins(request: HTTPConnection) -> frozenset[str]:
    """Return the origins of our pages: the one asked, and the public one where a proxy hides it."""
    chosen: Settings = request.app.state.settings
    asked = f"{request.url.scheme}://{request.url.netloc}"
    if chosen.public_url is None:
        return frozenset({asked})
    public = urlsplit(chosen.public_url)
    return frozenset({asked, f"{public.scheme}://{public.netloc}"})
