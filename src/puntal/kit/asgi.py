"""What every request passes before any route: an id, a log line, a size limit, and the last catch.

Pure ASGI: Starlette's `BaseHTTPMiddleware` would copy each request through a task and a queue.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.requests import ClientDisconnect

from puntal.kit import errors, ids, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_UNSTORABLE = re.compile(
    rb"""(?<!\\)(?:\\\\)*\\u(?:
        0000
        | [dD][89abAB][0-9a-fA-F]{2} (?!\\u[dD][c-fC-F][0-9a-fA-F]{2})
    )""",
    re.VERBOSE,
)
"""NUL and halves of characters: JSON can spell them, PostgreSQL cannot keep them."""

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_log = structlog.get_logger("puntal.http")


_SECRET = frozenset({"code"})
"""Parameters of paths that open something: whoever reads a log must not be able to use them."""


def _path(scope: Scope) -> str:
    """Return the path as it may be logged."""
    path: str = scope["path"]
    for name in _SECRET & scope.get("path_params", {}).keys():
        path = path.replace(str(scope["path_params"][name]), f"{{{name}}}")
    return path


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


def _locale(scope: Scope) -> str:
    accepted = _header(scope, b"accept-language")
    return problem.locale_of(accepted.decode("latin-1") if accepted else None, problem.LOCALES[0])


def request_id_of(scope: Scope) -> bytes:
    """Return the id the caller sent, else a new one."""
    sent = _header(scope, b"x-request-id")
    return sent if sent and _REQUEST_ID.fullmatch(sent) else str(ids.new_id()).encode()


async def read_json(scope: Scope, receive: Receive, most_bytes: int) -> bytes:
    """Return the whole JSON body of a request that no middleware has read.

    Raises:
        UnsupportedMedia: It says it is something else.
        TooLarge: It is longer than `most_bytes`.
        Malformed: It holds characters that cannot be stored, or its sender has gone.
    """
    if not _is_json(scope):
        raise errors.UnsupportedMedia
    _check_length(scope, most_bytes)
    message = await (await _whole(receive, most_bytes))()
    if message["type"] != "http.request":
        raise errors.Malformed
    body: bytes = message.get("body", b"")
    return body


def _is_json(scope: Scope) -> bool:
    kind = (_header(scope, b"content-type") or b"application/json").partition(b";")[0].strip().lower()
    return kind == b"application/json" or kind.endswith(b"+json")


def _check_length(scope: Scope, most: int) -> None:
    declared = _header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > most:
        raise errors.TooLarge(limit_bytes=most)


async def send_problem(send: Send, said: dict[str, Any], locale: str) -> None:
    """Answer with a problem, from outside any route."""
    body = msgspec.json.encode(said)
    headers = [
        (b"content-type", problem.MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", locale.encode()),
    ]
    if said["status"] in {429, 503}:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": said["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Requests:
    """Gives each request an id, logs it when answered, and turns what nobody caught into a problem.

    An id the caller sent in `X-Request-Id` is kept, so that logs of both sides meet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        status = 0
        began = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id.decode()):
            try:
                await self.app(scope, receive, answer)
            except ClientDisconnect:
                # Nobody is left to be answered; what was not sent whole was not begun.
                _log.info("http.hung_up", method=scope["method"], path=_path(scope))
            except Exception as failure:
                _log.exception("http.failed", method=scope["method"], path=_path(scope))
                if status:
                    # Half an answer is out already: only breaking the connection tells the caller.
                    raise
                locale = _locale(scope)
                busy = isinstance(failure, PoolTimeout | TooManyRequests)
                await send_problem(answer, problem.of_status(503 if busy else 500, locale), locale)
            finally:
                elapsed_ms = round((time.perf_counter() - began) * 1000, 1)
                _log.info("http.answered", method=scope["method"], path=_path(scope), status=status, ms=elapsed_ms)


class Bodies:
    """Reads JSON bodies whole, refusing what is too large or could not be stored.

    Bodies of another content type (bulk files) are passed on as they come, up to a limit of their own.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int, most_upload_bytes: int) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.most_upload_bytes = most_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            passed_on = await self._read(scope, receive)
        except errors.Refusal as refusal:
            locale = _locale(scope)
            await send_problem(send, problem.of_refusal(refusal, locale), locale)
            return
        await self.app(scope, passed_on, send)

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            raise errors.Malformed
        if scope["method"] in _BODILESS:
            return receive
        is_json = _is_json(scope)
        most = self.most_bytes if is_json else self.most_upload_bytes
        _check_length(scope, most)
        return await _whole(receive, most) if is_json else _counted(receive, most)


async def _whole(receive: Receive, most: int) -> Receive:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise errors.TooLarge(limit_bytes=most)
        if not message.get("more_body", False):
            message = {"type": "http.request", "body": b"".join(parts), "more_body": False}
            break
    if b"\\u" in message.get("body", b"") and _UNSTORABLE.search(message["body"]):
        raise errors.Malformed
    first: list[Message] = [message]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay


def _counted(receive: Receive, most: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise errors.TooLarge(limit_bytes=most)
        return message

    return counted
