"""What is sent, when again, and where never."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.kit import ids
from puntal.outbox.model import Happening, matches
from puntal.webhooks import policy
from puntal.webhooks.catalogue import KINDS, example
from puntal.webhooks.model import DeliveryId, Due, EndpointId, Outcome, PayloadShape, Secret

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILED = Outcome(ms=1, status=500, error="status")


def a_due(attempts: int, id: UUID | None = None) -> Due:
    return Due(
        id=DeliveryId(id or ids.new_id()),
        endpoint_id=EndpointId(ids.new_id()),
        outbox_id=ids.new_id(),
        body="{}",
        attempts=attempts,
        url="https://shop.example/hook",
        secrets=(),
    )


def test_twelve_attempts_span_about_three_days() -> None:
    assert policy.MOST_ATTEMPTS == 12
    assert timedelta(days=2, hours=23) < timedelta(seconds=sum(policy.PAUSES_SECONDS)) < timedelta(days=3, hours=2)


@given(st.uuids(), st.integers(1, 11))
def test_each_pause_is_the_scheduled_one_give_or_take_a_tenth(id: UUID, attempts: int) -> None:
    again = policy.after_failure(a_due(attempts, id), FAILED, NOON)

    assert again is not None
    scheduled = timedelta(seconds=policy.PAUSES_SECONDS[attempts - 1])
    assert scheduled * 9 / 10 <= again - NOON <= scheduled * 11 / 10


def test_deliveries_that_failed_together_do_not_come_back_together() -> None:
    returns = {policy.after_failure(a_due(5), FAILED, NOON) for _ in range(200)}

    assert len(returns) > 15


def test_the_twelfth_failure_parks_and_so_does_a_final_one() -> None:
    assert policy.after_failure(a_due(12), FAILED, NOON) is None
    assert policy.after_failure(a_due(1), Outcome(ms=1, status=410, error="status", final=True), NOON) is None


def test_a_receiver_may_ask_for_more_time_but_for_a_day_at_most() -> None:
    patient = Outcome(ms=1, status=429, error="status", retry_after_seconds=600)
    endless = Outcome(ms=1, status=429, error="status", retry_after_seconds=10**9)

    assert policy.after_failure(a_due(1), patient, NOON) == NOON + timedelta(minutes=10)
    assert policy.after_failure(a_due(1), endless, NOON) == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 50, 999_999_999),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    assert policy.retry_after_seconds(header, NOON) == seconds


@pytest.mark.parametrize(
    ("pattern", "kind", "wanted"),
    [
        ("*", "tier.reached", True),
        ("tier.*", "tier.reached", True),
        ("tier.*", "tiers.reached", False),
        ("tier.*", "tier", False),
        ("tier.reached", "tier.reached", True),
        ("tier.reached", "tier.reached.twice", False),
    ],
)
def test_patterns_ask_for_kinds(pattern: str, kind: str, *, wanted: bool) -> None:
    assert matches(pattern, kind) is wanted


def test_what_the_platform_tells_itself_is_for_nobody_else() -> None:
    assert not policy.wants(["*", "event.*", "event.caused"], "event.caused")
    assert not policy.wants(["*"], "member.touched")


def test_thin_payloads_hold_ids_only() -> None:
    anna = ids.new_id()
    payload = {"event": "order-1001", "redemption_id": "r1", "name": "Anna", "points": 5, "member_id": "forged"}
    happening = Happening(
        id=ids.new_id(), kind="points.earned", effective_at=NOON, recorded_at=NOON, member_id=anna, payload=payload
    )

    thin = policy.body(happening, PayloadShape.THIN, "tienda")
    full = policy.body(happening, PayloadShape.FULL, "tienda")

    assert thin["data"] == {"event": "order-1001", "redemption_id": "r1", "member_id": anna}
    assert full["data"] == payload | {"member_id": anna}
    assert thin["id"] == happening.id
    assert (thin["type"], thin["timestamp"], thin["program"]) == ("points.earned", NOON, "tienda")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1", "192.0.2.1", "240.0.0.1", "168.63.129.16",
        "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::",
        "2001:0:7f00:1::", "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused_however_they_are_written(address: str) -> None:
    assert not policy.public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert policy.public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_inside_ipv6_as_outside(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    translated = ipaddress.IPv6Address((0x64FF9B << 96) | int(address))
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))

    assert {policy.public(one) for one in (mapped, translated, six_to_four)} == {policy.public(address)}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://shop.example/hook", None),
        ("https://93.184.215.14:8443/hook?x=1", None),
        ("http://shop.example/hook", "webhooks.url_insecure"),
        ("https://10.0.0.1/", "webhooks.address_refused"),
        ("https://[::1]/", "webhooks.address_refused"),
        ("https://localhost/", "webhooks.address_refused"),
        ("https://anna:secret@shop.example/", "webhooks.url_credentials"),
        ("ftp://shop.example/", "webhooks.url_invalid"),
        ("https:///hook", "webhooks.url_invalid"),
        ("https://shop.example:99999/", "webhooks.url_invalid"),
        ("https://shop.example/\r\nx: y", "webhooks.url_invalid"),
        ("https://[half/", "webhooks.url_invalid"),
        ("https://" + "x" * 2000, "webhooks.url_invalid"),
    ],
)
def test_faults_of_an_address_have_a_code(url: str, code: str | None) -> None:
    faults = policy.url_faults(url, allow_private=False)

    assert [fault.code for fault in faults] == ([] if code is None else [code])
    for fault in faults:
        assert fault.told("es").reason != fault.told("en").reason


def test_a_fault_is_told_in_spanish_with_what_to_write() -> None:
    (fault,) = policy.url_faults("http://shop.example/hook", allow_private=False)

    told = fault.told("es")

    assert (told.reason, told.suggestion) == (
        "Los webhooks solo van por https",
        "¿Querías decir «https://shop.example/hook»?",
    )
    assert policy.kind_faults([])[0].told("es").reason == "Nombra al menos una clase; `*` son todas"


def test_a_private_receiver_over_http_is_fine_where_the_deployment_allows_it() -> None:
    assert policy.url_faults("http://10.0.0.1/hook", allow_private=True) == []


@pytest.mark.parametrize("kind", ["member.", "*.enrolled", "Member.enrolled", "member..x", "", "member.*.*", "x" * 101])
def test_a_kind_that_could_never_happen_is_a_fault(kind: str) -> None:
    (fault,) = policy.kind_faults(["member.*", kind])

    assert (fault.path, fault.code) == ("/kinds/1", "webhooks.kind_invalid")
    assert fault.told("es").reason.startswith("Una clase es ")


def test_old_secrets_sign_until_the_overlap_ends() -> None:
    old = (Secret(value="old"),)

    rotated = policy.rotated(old, Secret(value="new"), now=NOON, overlap=timedelta(hours=24))

    assert [secret.value for secret in policy.signing(rotated, NOON)] == ["new", "old"]
    assert [secret.value for secret in policy.signing(rotated, NOON + timedelta(hours=24))] == ["new"]


def test_rotating_again_never_lengthens_an_overlap_and_nothing_ends_it_at_once() -> None:
    first = policy.rotated((Secret(value="a"),), Secret(value="b"), now=NOON, overlap=timedelta(hours=1))
    second = policy.rotated(first, Secret(value="c"), now=NOON, overlap=timedelta(hours=24))
    at_once = policy.rotated(second, Secret(value="d"), now=NOON, overlap=timedelta())

    assert [secret.until for secret in second] == [None, NOON + timedelta(hours=24), NOON + timedelta(hours=1)]
    assert at_once == (Secret(value="d"),)


@given(st.integers(1, 30))
def test_the_newest_secret_always_signs_and_the_header_stays_short(times: int) -> None:
    secrets: tuple[Secret, ...] = (Secret(value="0"),)
    for at in range(1, times + 1):
        secrets = policy.rotated(secrets, Secret(value=str(at)), now=NOON, overlap=timedelta(days=7))

    assert policy.signing(secrets, NOON)[0] == Secret(value=str(times))
    assert len(secrets) <= policy.MOST_SECRETS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sentence_in_both_languages_and_an_example(kind: str) -> None:
    assert set(KINDS[kind].texts) >= {"en", "es"}
    assert policy.kind_faults([kind]) == []
    assert example(kind, PayloadShape.FULL)["type"] == kind
    assert set(example(kind, PayloadShape.THIN)["data"]) <= set(example(kind, PayloadShape.FULL)["data"])
