"""Where nothing is ever sent, and what receivers can do to us."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from receiver import Receiver

from puntal.kit import clock, ids
from puntal.webhooks.model import DeliveryId, Due, EndpointId, Outcome, Secret
from puntal.webhooks.sending import Sender, resolve

SECRET = Secret(value="whsec_" + "QW5uYSBhbmQgQmVuIGFuZCBBbm5hIGFuZCBCZW4=")


def a_due(url: str) -> Due:
    return Due(
        id=DeliveryId(ids.new_id()),
        endpoint_id=EndpointId(ids.new_id()),
        outbox_id=ids.new_id(),
        body='{"type":"webhook.test"}',
        attempts=1,
        url=url,
        secrets=(SECRET,),
    )


Open = Callable[..., Sender]


@pytest.fixture
async def a_sender() -> AsyncIterator[Open]:
    opened: list[Sender] = []

    def make(**more: Any) -> Sender:
        opened.append(Sender(**({"allow_private": False, "timeout_seconds": 1, "concurrency": 4} | more)))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


async def send(sender: Sender, url: str) -> Outcome:
    return await sender.send(a_due(url), now=clock.now())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])
async def test_the_machine_itself_is_never_asked(a_sender: Open, receiver: Receiver, host: str) -> None:
    outcome = await send(a_sender(), f"http://{host}:{receiver.port}/hook")

    assert (outcome.error, outcome.final) == ("address_refused", True)
    assert receiver.got == []


async def test_a_name_is_judged_by_every_address_it_has(a_sender: Open, receiver: Receiver) -> None:
    sender = a_sender(lookup=lambda _host, _port: ["93.184.215.14", "127.0.0.1"])

    assert (await send(sender, f"http://shop.example:{receiver.port}/")).error == "address_refused"


async def test_the_connection_goes_to_the_address_that_was_checked(a_sender: Open, receiver: Receiver) -> None:
    """A name that answers differently the second time is asked once."""
    asked = []

    def lookup(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    outcome = await send(
        a_sender(allow_private=True, lookup=lookup), f"http://nowhere.invalid:{receiver.port}/hook?x=1"
    )

    assert (outcome.status, asked) == (204, ["nowhere.invalid"])
    (got,) = receiver.got
    assert (got.headers["host"], got.path) == (f"nowhere.invalid:{receiver.port}", "/hook?x=1")


async def test_the_next_address_is_tried_when_the_first_does_not_answer(a_sender: Open, receiver: Receiver) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.2", 0))
        sender = a_sender(allow_private=True, lookup=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])

        assert (await send(sender, receiver.url)).status == 204


async def test_a_redirect_is_not_followed(a_sender: Open, receiver: Receiver) -> None:
    receiver.answers.append(302)
    receiver.headers["location"] = receiver.url

    outcome = await send(a_sender(allow_private=True), receiver.url)

    assert (outcome.status, outcome.error, outcome.final) == (302, "status", False)
    assert len(receiver.got) == 1


async def test_no_proxy_of_the_environment_is_used(
    a_sender: Open, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert (await send(a_sender(allow_private=True), receiver.url)).status == 204


async def test_a_receiver_that_does_not_answer_is_given_up_in_time(a_sender: Open, receiver: Receiver) -> None:
    receiver.hang = True

    outcome = await send(a_sender(allow_private=True), receiver.url)

    assert outcome.error == "timeout"
    assert 900 <= outcome.ms <= 1900


async def test_who_is_not_there_is_a_failed_connection(a_sender: Open) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        assert (await send(a_sender(allow_private=True), f"http://127.0.0.1:{port}/")).error == "connection"


async def test_a_server_that_does_not_speak_tls_fails_as_such(a_sender: Open, receiver: Receiver) -> None:
    outcome = await send(a_sender(allow_private=True), f"https://127.0.0.1:{receiver.port}/hook")

    assert outcome.error in {"tls", "timeout"}
    assert receiver.got == []


async def test_a_name_that_does_not_exist_is_tried_again_later(a_sender: Open) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    outcome = await send(a_sender(lookup=unknown), "https://shop.invalid/")

    assert (outcome.error, outcome.final) == ("connection", False)


async def test_a_receiver_that_is_gone_is_not_asked_again_and_a_busy_one_says_when(
    a_sender: Open, receiver: Receiver
) -> None:
    sender = a_sender(allow_private=True)
    receiver.answers.extend([410, 503])
    receiver.headers["retry-after"] = "90"

    gone, busy = await send(sender, receiver.url), await send(sender, receiver.url)

    assert (gone.final, busy.final, busy.retry_after_seconds) == (True, False, 90)


def test_the_system_resolves_names_once_each() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
