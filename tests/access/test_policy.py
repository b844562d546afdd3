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
from puntal.access.model import ALL_PERMISSIONS, ApiKey, KeyId, OrganizationId, Permission, Role, StaffId
from puntal.access.model_sign_in import Failures, Session, SessionId

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


SESSION = Session(
    id=SessionId(UUID(int=3)),
    organization_id=KEY.organization_id,
    staff_id=StaffId(UUID(int=4)),
    created_at=NOON,
    seen_at=NOON,
    expires_at=NOON + policy.SESSION_LASTS,
    ended_at=None,
    address=None,
    agent=None,
)


@pytest.mark.parametrize(
    ("session", "seen_at", "now", "stands"),
    [
        (SESSION, NOON, NOON, True),
        (SESSION, NOON, NOON + policy.SESSION_IDLE - A_MOMENT, True),
        (SESSION, NOON, NOON + policy.SESSION_IDLE, False),
        (SESSION, SESSION.expires_at - A_MOMENT, SESSION.expires_at - A_MOMENT, True),
        (SESSION, SESSION.expires_at - A_MOMENT, SESSION.expires_at, False),
        (replace(SESSION, ended_at=NOON), NOON, NOON, False),
    ],
)
def test_a_session_stands_until_it_is_ended_over_or_left_unused(
    session: Session, seen_at: datetime, now: datetime, *, stands: bool
) -> None:
    assert policy.stands(session, seen_at=seen_at, now=now) == stands


def test_waits_begin_after_the_free_failures_and_double_to_a_quarter_of_an_hour() -> None:
    waits = [policy.wait_after(count, policy.ACCOUNT_FREE) // timedelta(seconds=1) for count in range(15)]

    assert waits == [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(st.integers(0, 10**9), st.integers(1, 100))
def test_more_failures_never_mean_a_shorter_wait(failures: int, free: int) -> None:
    shorter, longer = policy.wait_after(failures, free), policy.wait_after(failures + 1, free)

    assert timedelta() <= shorter <= longer <= policy.LONGEST_WAIT


def test_failures_long_past_are_forgotten() -> None:
    day = policy.ACCOUNT_FORGOTTEN
    known = Failures(count=7, failed_at=NOON, free_at=NOON)

    def again(now: datetime) -> Failures:
        return policy.failed_again(known, now=now, free=policy.ACCOUNT_FREE, forgotten=day)

    assert again(NOON + day - A_MOMENT).count == 8
    assert again(NOON + day) == Failures(count=1, failed_at=NOON + day, free_at=NOON + day)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address: str | None, network: str) -> None:
    assert policy.network_of(address) == network


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """The last six digits of the table in its appendix B."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    now = datetime.fromtimestamp(seconds, UTC)
    step = seconds // policy.STEP_SECONDS

    assert policy.step_of(secret, code, after=0, now=now) == step
    assert policy.step_of(secret, code, after=step, now=now) is None, "used"
    for aside in (-policy.STEP_SECONDS, policy.STEP_SECONDS):
        assert policy.step_of(secret, code, after=0, now=now + timedelta(seconds=aside)) == step
    assert policy.step_of(secret, code, after=0, now=now + timedelta(seconds=2 * policy.STEP_SECONDS)) is None


@pytest.mark.parametrize(
    ("sent", "is_totp"), [("287082", True), ("28708", False), ("٢٨٧٠٨٢", False), ("abcdef", False)]
)
def test_a_code_of_an_app_has_six_digits(sent: str, *, is_totp: bool) -> None:
    assert policy.is_totp(policy.read_code(sent)) == is_totp
