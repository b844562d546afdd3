"""`/admin`: the admin app, from files that travel with the server. The browser asks nobody else."""

from __future__ import annotations

import gzip
import mimetypes
import secrets
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

_NONCE: Final = "%NONCE%"
"""Stands in the built page where a page's own nonce goes."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; media-src 'self' blob:;"
    " worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_SOON: Final = "public, max-age=3600"
_NOT_BUILT: Final = "The admin app is not part of this installation. `make admin` builds it; the API is at /docs.\n"
_LEAST_PACKED: Final = 1024
_PACKED_KINDS: Final = ("text/", "image/svg")


def is_built() -> bool:
    """Tell whether the app's files are here."""
    return (_folder() / "index.html").is_file()


async def page(_request: Request) -> Response:
    """Show the app; which of its screens, the app reads from the address."""
    if not is_built():
        return PlainTextResponse(_NOT_BUILT, 404)
    nonce = secrets.token_urlsafe(16)
    headers = _HEADERS | {"content-security-policy": _POLICY.format(nonce=nonce), "cache-control": "no-store"}
    return HTMLResponse(_index().replace(_NONCE, nonce), headers=headers)


async def file(request: Request) -> Response:
    """Return one of the app's files, else the app itself: every other address below is one of its screens.

    Files below `assets` carry a digest in their name and never change.
    """
    path = request.path_params["path"]
    found = None if path in {"", "index.html"} else _read(path)
    if found is None:
        return PlainTextResponse("There is no such file.\n", 404) if path.startswith("assets/") else await page(request)
    body, packed, kind = found
    headers = _HEADERS | {
        "cache-control": _FOR_EVER if path.startswith("assets/") else _SOON,
        "vary": "accept-encoding",
    }
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers=headers | {"content-encoding": "gzip"}, media_type=kind)
    return Response(body, headers=headers, media_type=kind)


def _folder() -> Traversable:
    return files("puntal") / "static" / "admin"


@lru_cache(maxsize=1)
def _index() -> str:
    return (_folder() / "index.html").read_text()


@lru_cache(maxsize=512)
def _read(path: str) -> tuple[bytes, bytes | None, str] | None:
    """Return a file, the same packed where that pays, and its type; None where there is none."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        return None
    found = _folder().joinpath(*parts)
    if not found.is_file():
        return None
    body = found.read_bytes()
    kind = "text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0] or "application/octet-stream"
    packs = len(body) >= _LEAST_PACKED and kind.startswith(_PACKED_KINDS)
    return body, gzip.compress(body, 9, mtime=0) if packs else None, kind


ROUTES: Final = (
    Route("/admin/{path:path}", file, include_in_schema=False),
    Route("/admin", page, include_in_schema=False),
)
