"""Speaking to receivers: one signed POST, to a public address only, following nowhere.

The name is resolved here, every address it has is checked, and the connection goes to an address that was checked:
asking the resolver a second time could answer with another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import httpx2
from standardwebhooks import Webhook

from puntal.webhooks import policy
from puntal.webhooks.model import Due, Outcome

Resolve = Callable[[str, int], list[str]]
"""From host and port to IP addresses, in the order to try. Blocks."""

_GONE = 410
_SUCCESS = range(200, 300)
_HTTPS_PORT = 443
_HTTP_PORT = 80


class AddressRefusedError(httpx2.ConnectError):
    """The name leads to an address that is not public."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class PublicOnly(httpx2.AsyncBaseTransport):
    """Connects to the address it checked. TLS and `Host` still name the host, so certificates are verified by name."""

    def __init__(self, *, allow_private: bool, concurrency: int, lookup: Resolve = resolve) -> None:
        self._allow_private = allow_private
        self._lookup = lookup
        # Of its own: a resolver that hangs must not hold up the lookups of everything else in this process.
        self._threads = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="webhook-dns")
        # No connection is kept: to two hosts at one address, one of them would answer for the other.
        limits = httpx2.Limits(max_connections=concurrency, max_keepalive_connections=0)
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request to the first address that answers."""
        host = request.url.host
        port = request.url.port or (_HTTPS_PORT if request.url.scheme == "https" else _HTTP_PORT)
        addresses = await self._checked(host, port)
        extensions = {**request.extensions, "sni_hostname": host}
        lost: httpx2.ConnectError | None = None
        for address in addresses:
            there = httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions=extensions,
            )
            try:
                return await self._inner.handle_async_request(there)
            except httpx2.ConnectError as failed:
                lost = failed
        raise lost or httpx2.ConnectError("the name has no address", request=request)

    async def aclose(self) -> None:
        """Give up the connections and the threads."""
        await self._inner.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _checked(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, self._lookup, host, port)
        except (OSError, UnicodeError) as unknown:
            raise httpx2.ConnectError("the name cannot be resolved") from unknown
        if not self._allow_private and not all(policy.public(_parsed(address)) for address in found):
            raise AddressRefusedError("the name leads to an address that is not public")
        return found


def _parsed(address: str) -> policy.Address:
    # A link-local address may carry the interface: fe80::1%eth0.
    return ipaddress.ip_address(address.partition("%")[0])


class Sender:
    """Sends claimed deliveries; many at once may be under way."""

    def __init__(
        self, *, allow_private: bool, timeout_seconds: int, concurrency: int, lookup: Resolve = resolve
    ) -> None:
        """Set the bounds.

        Args:
            allow_private: Whether private addresses may be spoken to.
            timeout_seconds: Longest one attempt takes, from looking up the name to the status line.
            concurrency: Most attempts at once.
            lookup: How names become addresses.
        """
        transport = PublicOnly(allow_private=allow_private, concurrency=concurrency, lookup=lookup)
        # Connecting, TLS included, ends by itself before the whole attempt is cut off: then the socket is closed.
        patience = httpx2.Timeout(timeout_seconds, connect=timeout_seconds / 2)
        self._client = httpx2.AsyncClient(
            transport=transport, follow_redirects=False, trust_env=False, timeout=patience
        )
        self._timeout_seconds = timeout_seconds

    async def send(self, due: Due, *, now: datetime) -> Outcome:
        """Make one attempt and return what it came to; never raises for what a receiver does.

        Args:
            due: What was claimed.
            now: Real time; receivers refuse a signature that is minutes old.
        """
        began = time.perf_counter()
        done = functools.partial(self._outcome, began)
        if not due.secrets:
            # Nobody could tell it from a forgery; it is tried again, for the key may come back.
            return done(error="secret_unreadable")
        try:
            async with asyncio.timeout(self._timeout_seconds):
                request = self._client.build_request(
                    "POST", due.url, content=due.body.encode(), headers=headers(due, now)
                )
                async with self._answer(request) as response:
                    return done(response=response, now=now)
        except AddressRefusedError:
            return done(error="address_refused", final=True)
        except (TimeoutError, httpx2.TimeoutException):
            return done(error="timeout")
        except httpx2.ConnectError as failure:
            return done(error="tls" if _is_tls(failure) else "connection")
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError):
            return done(error="connection")

    async def close(self) -> None:
        """Give up the connections."""
        await self._client.aclose()

    @contextlib.asynccontextmanager
    async def _answer(self, request: httpx2.Request) -> AsyncIterator[httpx2.Response]:
        # Streamed and never read: the status is the answer, and a body could be endless.
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    @staticmethod
    def _outcome(
        began: float,
        *,
        response: httpx2.Response | None = None,
        now: datetime | None = None,
        error: str | None = None,
        final: bool = False,
    ) -> Outcome:
        ms = round((time.perf_counter() - began) * 1000)
        if response is None or now is None:
            return Outcome(ms=ms, error=error, final=final)
        status = response.status_code
        if status in _SUCCESS:
            return Outcome(ms=ms, status=status)
        wait = policy.retry_after_seconds(response.headers.get("retry-after"), now)
        return Outcome(ms=ms, status=status, error="status", final=status == _GONE, retry_after_seconds=wait)


def headers(due: Due, now: datetime) -> dict[str, str]:
    """Return the headers of one attempt; while secrets overlap each of them signs."""
    id = str(due.outbox_id)
    # The package writes the second it is given; the header must say the same one.
    second = now.replace(microsecond=0)
    signatures = [Webhook(secret.value).sign(id, second, due.body) for secret in policy.signing(due.secrets, now)]
    return {
        "content-type": "application/json",
        "user-agent": "Puntal-Webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(int(second.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _is_tls(failure: BaseException) -> bool:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
