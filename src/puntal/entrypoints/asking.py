"""Carts asked about over HTTP, answered before any router is asked, as events are.

A checkout asks at every change of a cart, so what the framework adds counts. Whatever is out of the ordinary (a body
that is not quite right, a moment that was named, somebody signed in) goes on to the route of `checkout.api`, which says
all there is to say about it; the answers are the same, and a test holds them equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from puntal.access.model import Permission
from puntal.checkout.answers import cart_out
from puntal.checkout.api.carts import evaluation
from puntal.checkout.model import SaidCart, parse_cart
from puntal.entrypoints.ingest import Answering
from puntal.kit.asgi import read_json
from puntal.kit.errors import Refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from puntal.access.gate import Admission

_PREFIX = "/v1/programs/"
_SUFFIX = "/carts/evaluate"
_PARTS = 6
_APART = frozenset({b"idempotency-key", b"cookie"})


class Asking:
    """Answers questions about carts and passes every other request on."""

    def __init__(self, app: ASGIApp, *, most_bytes: int, locale: str) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.locale = locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] != "POST" or not _is_cart(scope):
            await self.app(scope, receive, send)
            return
        request = _Cart(self, scope, receive, send)
        try:
            body = await read_json(scope, receive, self.most_bytes)
        except Refusal as refusal:
            await request.refuse(refusal)
            return
        try:
            request.said = parse_cart(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            await self.app(scope, _again(body, receive), send)
        else:
            await request.respond_with(request.evaluate)


class _Cart(Answering):
    """One question on its way through."""

    permission = Permission.CARTS_EVALUATE
    said: SaidCart

    def __init__(self, asking: Asking, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(asking, scope, receive, send, scope["path"].split("/")[3])

    async def evaluate(self, admission: Admission) -> tuple[int, object]:
        """Answer it."""
        state, now = self.scope["app"].state, admission.now
        known, found = await evaluation(
            state.database,
            state.programs,
            admission.program.id,
            self.said.read(),
            admission.caller.actor,
            now,
            real=now,
        )
        return 200, cart_out(known, found, self.locale)


def _is_cart(scope: Scope) -> bool:
    path = scope["path"]
    if not path.startswith(_PREFIX) or not path.endswith(_SUFFIX) or path.count("/") != _PARTS - 1:
        return False
    if scope["query_string"]:
        return False
    names = {name for name, _ in scope["headers"]}
    return b"authorization" in names and not names & _APART


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body that was read once more."""
    said = False

    async def replay() -> Message:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
