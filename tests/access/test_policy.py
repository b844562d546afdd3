"""What may be done by whom, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.access import idempotency, policy
from puntal.access.errors import BeyondOwn, KeyExpired, KeyRevoked, KeyUnknown, NetworkInvalid, PasswordWeak
from puntal.access.model import ALL_PERMISSIONS, ApiKey, KeyId, OrganizationId, Permission, Role

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)

KEY = ApiKey(
    id=KeyId(UUID(int=1)),
    organization_id=OrganizationId(UUID(int=2)),
    program_id=None,
    name="Online shop",
    prefix="pk_live_000000000000",
    scopes=frozenset({Permission.EVENTS_WRITE}),
    networks=(),
    created_at=NOON,
    created_by=None,
    staff_id=None,
    expires_at=None,
    revoked_at=None,
    replaced_by=None,
    last_used_at=None,
)


@pytest.mark.parametrize(
    ("key", "at", "refusal"),
    [
        pytest.param(replace(KEY, revoked_at=NOON), NOON, KeyRevoked, id="revoked this instant"),
        pytest.param(replace(KEY, expires_at=NOON), NOON, KeyExpired, id="expired this instant"),
        pytest.param(replace(KEY, networks=("203.0.113.0/24",)), NOON, KeyUnknown, id="from another network"),
    ],
)
def test_keeps_out(key: ApiKey, at: datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        policy.admit(key, client="198.51.100.7", now=at)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(KEY, id="a plain key"),
        pytest.param(replace(KEY, revoked_at=NOON + A_MOMENT), id="revoked a moment later: a rotation overlaps"),
        pytest.param(replace(KEY, expires_at=NOON + A_MOMENT), id="expiring a moment later"),
        pytest.param(replace(KEY, networks=("2001:db8::/32", "198.51.100.7/32")), id="from its own address"),
    ],
)
def test_lets_in(key: ApiKey) -> None:
    policy.admit(key, client="198.51.100.7", now=NOON)


def test_an_address_seen_through_ipv6_is_the_same_address() -> None:
    assert policy.within(["198.51.100.0/24"], "::ffff:198.51.100.7")


@pytest.mark.parametrize("client", [None, "", "unix", "198.51.100.7:80"])
def test_what_is_no_address_is_in_no_network(client: str | None) -> None:
    assert not policy.within(["0.0.0.0/0", "::/0"], client)


def test_networks_are_read_once_each_in_canonical_form() -> None:
    assert policy.read_networks(["198.51.100.7", " 203.0.113.9/24", "203.0.113.0/24"]) == (
        "198.51.100.7/32",
        "203.0.113.0/24",
    )
    with pytest.raises(NetworkInvalid):
        policy.read_networks(["office"])


@given(
    public=st.text("0123456789abcdef", min_size=12, max_size=12),
    secret=st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_a_token_reads_back_as_its_prefix_and_hash(public: str, secret: str) -> None:
    token = policy.write_token(public, secret)

    assert policy.read_token(token) == (f"pk_live_{public}", policy.hash_secret(secret))


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    assert policy.read_token(text) is None


def test_nobody_gives_what_she_does_not_have() -> None:
    own = frozenset({Permission.KEYS_WRITE, Permission.EVENTS_WRITE})

    policy.check_grant(own, frozenset({Permission.EVENTS_WRITE}))
    with pytest.raises(BeyondOwn) as refusal:
        policy.check_grant(own, frozenset({Permission.EVENTS_WRITE, Permission.POINTS_ADJUST}))

    assert refusal.value.numbers == {"permissions": "points:adjust"}


@pytest.mark.parametrize("password", ["elevenchars", "aaaaaaaaaaaaaaaa", "abababababab", "x" * 257])
def test_refuses_weak_passwords(password: str) -> None:
    with pytest.raises(PasswordWeak):
        policy.check_password(password)


def test_takes_a_long_phrase() -> None:
    policy.check_password("una contraseña larga")


def test_the_table_in_the_docstring_is_what_roles_may_do() -> None:
    documented: dict[str, set[str]] = {name: set() for name in policy.BUILT_IN_ROLES}
    lines = (policy.__doc__ or "").splitlines()
    heads = next(line for line in lines if line.strip().startswith("permission "))
    columns = {name: heads.index(name) for name in policy.BUILT_IN_ROLES}
    seen = set()
    for line in lines:
        permission = line.split()[0] if line.split() else ""
        if permission not in ALL_PERMISSIONS:
            continue
        seen.add(permission)
        for name, column in columns.items():
            if "x" in line[column - 1 : column + len(name)]:
                documented[name].add(permission)

    assert seen == {permission.value for permission in Permission}
    assert documented == {name: {p.value for p in role.permissions} for name, role in policy.BUILT_IN_ROLES.items()}


def test_a_role_that_is_gone_allows_nothing() -> None:
    assert policy.resolve_role("till-chief", None) == Role(id="till-chief", permissions=frozenset(), adjust_limit=0)


def test_an_organization_sets_the_limit_of_a_built_in_role_and_nothing_else() -> None:
    own = Role(id="support", permissions=ALL_PERMISSIONS, adjust_limit=250)

    resolved = policy.resolve_role("support", own)

    assert resolved == replace(policy.BUILT_IN_ROLES["support"], adjust_limit=250)


def test_the_order_of_members_and_the_spaces_do_not_make_other_words() -> None:
    first = idempotency.fingerprint("POST", "/v1/x", b'{"points": 5, "note": {"b": 1, "a": 2}}')

    assert first == idempotency.fingerprint("POST", "/v1/x", b'{"note":{"a":2,"b":1},"points":5}')
    assert first != idempotency.fingerprint("POST", "/v1/x", b'{"note":{"a":2,"b":1},"points":6}')
    assert first != idempotency.fingerprint("POST", "/v1/y", b'{"note":{"a":2,"b":1},"points":5}')
    assert first != idempotency.fingerprint("PUT", "/v1/x", b'{"note":{"a":2,"b":1},"points":5}')


@given(st.binary())
def test_any_body_has_a_fingerprint(body: bytes) -> None:
    assert len(idempotency.fingerprint("POST", "/v1/x", body)) == 64


def test_a_deep_body_has_a_fingerprint() -> None:
    assert len(idempotency.fingerprint("POST", "/v1/x", b"[" * 100_000)) == 64
