"""Another company's server: a real one on loopback that keeps what it was sent and answers as told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from puntal.kit.sealing import Sealer
from puntal.outbox.model import Happening
from puntal.webhooks.model import Endpoint
from puntal.webhooks.sealed import to_sign

MakeEndpoint = Callable[..., Awaitable[Endpoint]]
Happen = Callable[..., Awaitable[list[Happening]]]

SEALER = Sealer(lambda: [bytes(range(32))])


def secret_of(endpoint: Endpoint) -> str:
    """Return what the receiver was given when the endpoint was made."""
    return to_sign(SEALER, endpoint.id, endpoint.secrets)[0].value


@dataclass(kw_only=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers the statuses of `answers` in turn, then 204; `headers` go with each; `hang` answers never."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    at_once: int = 0
    most_at_once: int = 0
    pause_seconds: float = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Got(path=head[0].split(" ")[1], headers=headers, body=body))
            if self.hang:
                await asyncio.sleep(3600)
            await asyncio.sleep(self.pause_seconds)
            status = self.answers.popleft() if self.answers else 204
            more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n{more}connection: close\r\n\r\n".encode())
            await writer.drain()
        finally:
            self.at_once -= 1
            writer.close()


@contextlib.asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    running: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(receiver.serve(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
