"""`/admin`: the admin app, from files that travel with the server. The browser asks nobody else."""

from __future__ import annotations

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
_PACKED: Final = {"br": ".br", "gzip": ".gz"}
"""How a file may be sent that the build has packed, best first, and what the packed one is called beside it."""


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
    bodies, kind = found
    headers = _HEADERS | {
        "cache-control": _FOR_EVER if path.startswith("assets/") else _SOON,
        "vary": "accept-encoding",
    }
    taken = {each.partition(";")[0].strip() for each in request.headers.get("accept-encoding", "").split(",")}
    for way in _PACKED:
        if way in taken and way in bodies:
            return Response(bodies[way], headers=headers | {"content-encoding": way}, media_type=kind)
    return Response(bodies[""], headers=headers, media_type=kind)


def _folder() -> Traversable:
    return files("puntal") / "static" / "admin"


@lru_cache(maxsize=1)
def _index() -> str:
    return (_folder() / "index.html").read_text()


@lru_cache(maxsize=512)
def _read(path: str) -> tuple[dict[str, bytes], str] | None:
    """Return a file as it is and as the build packed it, by the way of packing, and its type; None if there is none."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        return None
    *folders, name = parts
    folder = _folder().joinpath(*folders)
    files_of = {way: folder.joinpath(f"{name}{suffix}") for way, suffix in ({"": ""} | _PACKED).items()}
    bodies = {way: found.read_bytes() for way, found in files_of.items() if found.is_file()}
    if "" not in bodies:
        return None
    kind = "text/javascript" if path.endswith(".js") else mimetypes.guess_type(path)[0] or "application/octet-stream"
    return bodies, kind


ROUTES: Final = (
    Route("/admin/{path:path}", file, include_in_schema=False),
    Route("/admin", page, include_in_schema=False),
)
