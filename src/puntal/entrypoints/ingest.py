"""The way in for events over HTTP: `POST .../events` and `.../events/batch`, answered before any router is asked.

A request here costs parsing, one look at the gate and a place in the queue; everything that FastAPI would add (routing
past all other routes, dependencies, models, an exit stack) is a multiple of that. Authentication, the rate limit, the
size limit and the shape of refusals are the same as everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol
from urllib.parse import parse_qsl

import msgspec
import psycopg
import structlog
from msgspec import Meta, Raw, Struct
from psycopg_pool import PoolTimeout
from starlette.requests import HTTPConnection

from puntal.access import cookies
from puntal.access.errors import RateExceeded
from puntal.access.model import Permission
from puntal.entrypoints import metrics
from puntal.entrypoints.intake import Intake
from puntal.intake import operations
from puntal.intake.answers import AnswerOut, answer_out
from puntal.intake.errors import BatchTooLarge, EventFaulty, IntakeFailed
from puntal.intake.model import Answer, Item
from puntal.intake.wire import all_faults
from puntal.kit import clock, problem
from puntal.kit.asgi import read_json, request_id_of
from puntal.kit.errors import Fault, Faulty, Refusal, TooMany, Unauthenticated
from puntal.kit.words import Words

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from puntal.access.gate import Admission, Gate
    from puntal.entrypoints.programs import Loaded

MOST_EVENTS = 1000
_PREFIX = "/v1/programs/"
_SINGLE = 5
_BATCH = 6
_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})
_OUTAGES = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
_JSON = (b"content-type", b"application/json")
_encode = msgspec.json.Encoder().encode
_log = structlog.get_logger(__name__)


class QuestionInvalid(Faulty):
    """`dry_run` or `at` does not say what it should."""

    code = "event.question_invalid"
    messages: ClassVar[dict[str, str]] = {
        "en": "dry_run is true or false, and at an instant with its offset, for dry runs only",
        "es": "dry_run es true o false, y at un instante con su desfase, solo para simulaciones",
    }


class _Said(Struct, forbid_unknown_fields=True):
    events: Annotated[list[Raw], Meta(max_length=100_000)]


class _Answered(Struct):
    answer: AnswerOut


class _Refused(Struct):
    problem: dict[str, Any]


class _Question(Struct, frozen=True):
    dry_run: bool = False
    at: datetime | None = None


_read_batch = msgspec.json.Decoder(_Said).decode
_REAL = _Question()


class Ingest:
    """Answers events and passes every other request on."""

    def __init__(self, app: ASGIApp, *, most_bytes: int, locale: str) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.locale = locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PREFIX):
            await self.app(scope, receive, send)
            return
        parts = scope["path"].split("/")
        if len(parts) == _SINGLE and parts[4] == "events":
            await Answering(self, scope, receive, send, parts[3]).answer(batch=False)
        elif len(parts) == _BATCH and parts[4] == "events" and parts[5] == "batch":
            await Answering(self, scope, receive, send, parts[3]).answer(batch=True)
        else:
            await self.app(scope, receive, send)


class Way(Protocol):
    """What every way in knows."""

    most_bytes: int
    locale: str


class Answering:
    """One request on its way through."""

    permission = Permission.EVENTS_WRITE

    def __init__(self, ingest: Way, scope: Scope, receive: Receive, send: Send, slug: str) -> None:
        self.ingest = ingest
        self.scope = scope
        self.receive = receive
        self.send = send
        self.slug = slug
        self.headers = dict(scope["headers"])
        self.limits: dict[str, str] = {}
        state = scope["app"].state
        self.intake: Intake = state.intake
        self.gate: Gate = state.gate

    async def answer(self, *, batch: bool) -> None:
        """Answer an event, or a batch of them."""
        await self.respond_with(self._batch if batch else self._timed)

    async def _timed(self, admission: Admission) -> tuple[int, object]:
        began = time.perf_counter()
        answered = await self._single(admission)
        metrics.REQUEST_SECONDS.observe(time.perf_counter() - began)
        return answered

    async def respond_with(self, work: Callable[[Admission], Awaitable[tuple[int, object]]]) -> None:
        """Let the request in and answer what `work` makes of it: a status and a body, or a refusal."""
        try:
            status, said = await work(await self._admit())
        except Refusal as refusal:
            await self.refuse(refusal)
        except _OUTAGES as outage:
            _log.error("http.database_unavailable", reason=type(outage).__name__, exc_info=outage)
            await self._respond(503, problem.of_status(503, self.locale), extra=[(b"retry-after", b"1")])
        except Exception:  # noqa: BLE001 - the last catch, as in kit.asgi
            request_id = request_id_of(self.scope)
            _log.exception("http.failed", path=self.scope["path"], request_id=request_id.decode())
            await self._respond(500, problem.of_status(500, self.locale))
        else:
            await self._respond(status, said)

    async def _admit(self) -> Admission:
        client = self.scope.get("client")
        authorization = self.headers.get(b"authorization")
        admission = await self.gate.admit(
            authorization=None if authorization is None else authorization.decode("latin-1"),
            client=None if client is None else client[0],
            slug=self.slug,
            permission=self.permission,
            session=cookies.sent(HTTPConnection(self.scope)) if authorization is None else None,
        )
        self.limits = admission.headers
        return admission

    async def _single(self, admission: Admission) -> tuple[int, object]:
        question = self._question()
        raw = await read_json(self.scope, self.receive, self.ingest.most_bytes)
        program_id = admission.program.id
        loaded = await self.intake.known(program_id)
        item = await self._item(raw, program_id, loaded, question.at or admission.now, dry_run=question.dry_run)
        if question.dry_run:
            # Not with others: the transaction of a question is rolled back.
            (answer,) = await self.intake.run(program_id, [item])
        else:
            answer = await self.intake.waiting.submit(program_id, item)
        if isinstance(answer, Refusal):
            raise answer
        if not question.dry_run:
            self.gate.ring.heard(admission.caller, clock.now())
        return 200, answer_out(answer, loaded.wallet_ids, self.locale, dry_run=question.dry_run)

    async def _batch(self, admission: Admission) -> tuple[int, object]:
        question = self._question()
        raw = await read_json(self.scope, self.receive, self.ingest.most_bytes)
        try:
            events = _read_batch(raw).events
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise EventFaulty(
                [Fault(path="", code="event.malformed", reason=operations.unreadable(str(wrong)))]
            ) from wrong
        if len(events) > MOST_EVENTS:
            raise BatchTooLarge(most=MOST_EVENTS, count=len(events))
        program_id = admission.program.id
        loaded = await self.intake.known(program_id)
        now = question.at or admission.now
        answers: list[Answer | Refusal | None] = [None] * len(events)
        items: list[Item] = []
        places: list[int] = []
        for place, each in enumerate(events):
            try:
                items.append(await self._item(each, program_id, loaded, now, dry_run=question.dry_run))
            except Refusal as refusal:
                answers[place] = refusal
            else:
                places.append(place)
        run = self.intake.run if question.dry_run else self.intake.waiting.submit_many
        for place, answer in zip(places, await run(program_id, items) if items else (), strict=True):
            answers[place] = answer
        listed = [self._listed(answer, loaded.wallet_ids, dry_run=question.dry_run) for answer in answers]
        taken = sum(isinstance(each, _Answered) for each in listed)
        if taken and not question.dry_run:
            self.gate.ring.heard(admission.caller, clock.now())
        return 200, {"taken": taken, "refused": len(listed) - taken, "items": listed}

    def _listed(
        self, answer: Answer | Refusal | None, wallets: Sequence[str], *, dry_run: bool
    ) -> _Answered | _Refused:
        assert answer is not None, "every place has an item or a refusal"
        if isinstance(answer, Refusal):
            return _Refused(self._problem(answer))
        return _Answered(answer_out(answer, wallets, self.locale, dry_run=dry_run))

    async def _item(self, raw: bytes | Raw, program_id: int, loaded: Loaded, now: datetime, *, dry_run: bool) -> Item:
        try:
            said = operations.parse(raw)
        except EventFaulty as first:
            raise all_faults(raw, first) from first
        try:
            return operations.item(said, loaded.newest.document, now, dry_run=dry_run)
        except EventFaulty:
            # The event may be of a type that a revision declares which this process has not heard of yet.
            newer = await self.intake.current(program_id)
            if newer is loaded:
                raise
            return operations.item(said, newer.newest.document, now, dry_run=dry_run)

    def _question(self) -> _Question:
        query = self.scope["query_string"]
        if not query:
            return _REAL
        asked = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
        faults: list[Fault] = []
        word = asked.pop("dry_run", "false").lower()
        if word not in _TRUE | _FALSE:
            faults.append(_wrong("/dry_run", Words("true or false", "true o false")))
        at: datetime | None = None
        if "at" in asked:
            at = _instant(asked.pop("at"))
            if at is None:
                reason = Words(
                    "an instant with its offset, such as 2026-03-02T12:00:00Z",
                    "un instante con su desfase, como 2026-03-02T12:00:00Z",
                )
                faults.append(_wrong("/at", reason))
            elif word not in _TRUE:
                faults.append(_wrong("/at", Words("only with dry_run=true", "solo con dry_run=true")))
        if faults:
            raise QuestionInvalid(faults)
        return _Question(word in _TRUE, at)

    @property
    def locale(self) -> str:
        """The language the caller reads, else the server's."""
        accepted = self.headers.get(b"accept-language")
        if accepted is None:
            return self.ingest.locale
        return problem.locale_of(accepted.decode("latin-1"), self.ingest.locale)

    def _problem(self, refusal: Refusal) -> dict[str, Any]:
        said = problem.of_refusal(refusal, self.locale)
        if isinstance(refusal, IntakeFailed):
            # The one refusal that is our mistake.
            said["status"] = 500
        return said

    async def refuse(self, refusal: Refusal) -> None:
        """Answer a refusal."""
        extra: list[tuple[bytes, bytes]] = []
        if isinstance(refusal, Unauthenticated):
            extra.append((b"www-authenticate", b"Bearer"))
        if isinstance(refusal, TooMany):
            extra.append((b"retry-after", str(refusal.numbers.get("retry_after_seconds", 1)).encode()))
        if isinstance(refusal, RateExceeded):
            self.limits = {
                "ratelimit-limit": str(refusal.numbers["limit"]),
                "ratelimit-remaining": "0",
                "ratelimit-reset": str(refusal.numbers["retry_after_seconds"]),
            }
        said = self._problem(refusal)
        await self._respond(said["status"], said, extra=extra)

    async def _respond(self, status: int, said: object, *, extra: Sequence[tuple[bytes, bytes]] = ()) -> None:
        body = _encode(said)
        headers = [
            _JSON if status < 400 else (b"content-type", problem.MEDIA_TYPE.encode()),  # noqa: PLR2004 - where errors begin
            (b"content-length", str(len(body)).encode()),
            (b"content-language", self.locale.encode()),
            (b"x-request-id", request_id_of(self.scope)),
            *((name.lower().encode(), value.encode()) for name, value in self.limits.items()),
            *extra,
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _wrong(path: str, reason: Words) -> Fault:
    return Fault(path=path, code="event.question_invalid", reason=reason)


def _instant(text: str) -> datetime | None:
    try:
        found = msgspec.convert(text.replace(" ", "+"), datetime)
    except msgspec.ValidationError:
        return None
    if found.tzinfo is None:
        return None
    try:
        # Offsets of any size can be written; the database knows those of places.
        return found.astimezone(UTC)
    except OverflowError:
        return None
