"""Deciding who may do what: roles, keys, passwords, sessions, second factors. Pure.

What each built-in role may do (`x`), and most it may adjust without a second person:

    permission         owner admin marketer analyst support cashier
    events:read          x     x      x        x       x
    events:write         x     x                       x
    carts:evaluate       x     x      x        x       x
    members:read         x     x      x        x       x
    members:write        x     x      x                x
    members:merge        x     x                       x
    members:erase        x     x
    points:adjust        x     x                       x
    points:transfer      x     x                       x
    money:load           x     x                       x       x
    money:spend          x     x                       x       x
    money:payout         x     x                       x
    redemptions:write    x     x                       x
    till:use             x     x                       x       x
    vouchers:read        x     x      x                x
    vouchers:write       x     x      x                x
    program:read         x     x      x        x       x
    program:write        x     x      x
    program:publish      x     x      x
    program:create       x     x
    switches:write       x     x      x                x
    reports:read         x     x      x        x
    imports:write        x     x
    webhooks:read        x     x      x        x
    webhooks:write       x     x
    approvals:read       x     x      x        x       x
    approvals:decide     x     x
    audit:read           x     x               x
    keys:read            x     x
    keys:write           x     x
    staff:read           x     x
    staff:write          x     x
    adjust limit         -     -                     1000

`owner` and `admin` differ in whom they may appoint: only an owner makes owners.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import pyotp

from puntal.access.errors import (
    BeyondOwn,
    ExpiryPast,
    KeyExpired,
    KeyRevoked,
    KeyUnknown,
    NetworkInvalid,
    PasswordWeak,
)
from puntal.access.model import ALL_PERMISSIONS, TOKEN_START, ApiKey, Permission, Role
from puntal.access.model_sign_in import Failures, Session

OWNER = "owner"
PREFIX_CHARACTERS = 12
SECRET_CHARACTERS = 64
"""Hexadecimal: 256 random bits, so that a fast hash is as good as a slow one. Nobody guesses 2^256."""

PASSWORD_LEAST = 12
PASSWORD_MOST = 256
PASSWORD_DIFFERENT = 5
SUPPORT_ADJUST_LIMIT = 1000

SESSION_LASTS = timedelta(days=7)
SESSION_IDLE = timedelta(hours=12)
"""A session left unused for so long is over: a working day away from it signs nobody in."""
SESSIONS_KEPT = timedelta(days=30)
"""After its end, for whoever asks where somebody was signed in."""
JUST_NOW = timedelta(minutes=10)
"""Whoever has no password proves who she is by having signed in so lately."""
RESET_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)

ACCOUNT_FREE = 5
ADDRESS_FREE = 20
"""Failures before the first wait. An office of many people shares one address."""
ACCOUNT_FORGOTTEN = timedelta(days=1)
ADDRESS_FORGOTTEN = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)

ISSUER = "Puntal"
STEP_SECONDS = 30
CODE_DIGITS = 6
STEPS_ASIDE = 1
"""Phones whose clock is half a minute off are common."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 random bits: so that a fast hash will do."""

_LOOKING = frozenset(
    {Permission.EVENTS_READ, Permission.CARTS_EVALUATE, Permission.MEMBERS_READ, Permission.PROGRAM_READ}
)
_CASHIER = frozenset({Permission.TILL_USE, Permission.MONEY_LOAD, Permission.MONEY_SPEND})

BUILT_IN_ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        Role(id=OWNER, permissions=ALL_PERMISSIONS, built_in=True),
        Role(id="admin", permissions=ALL_PERMISSIONS, built_in=True),
        Role(
            id="marketer",
            permissions=_LOOKING
            | {
                Permission.MEMBERS_WRITE,
                Permission.VOUCHERS_READ,
                Permission.VOUCHERS_WRITE,
                Permission.PROGRAM_WRITE,
                Permission.PROGRAM_PUBLISH,
                Permission.SWITCHES_WRITE,
                Permission.REPORTS_READ,
                Permission.WEBHOOKS_READ,
                Permission.APPROVALS_READ,
            },
            built_in=True,
        ),
        Role(
            id="analyst",
            permissions=_LOOKING
            | {
                Permission.REPORTS_READ,
                Permission.WEBHOOKS_READ,
                Permission.APPROVALS_READ,
                Permission.AUDIT_READ,
            },
            built_in=True,
        ),
        Role(
            id="support",
            permissions=_LOOKING
            | _CASHIER
            | {
                Permission.EVENTS_WRITE,
                Permission.MEMBERS_WRITE,
                Permission.REDEMPTIONS_WRITE,
                Permission.MEMBERS_MERGE,
                Permission.POINTS_ADJUST,
                Permission.POINTS_TRANSFER,
                Permission.MONEY_PAYOUT,
                Permission.VOUCHERS_READ,
                Permission.VOUCHERS_WRITE,
                Permission.SWITCHES_WRITE,
                Permission.APPROVALS_READ,
            },
            adjust_limit=SUPPORT_ADJUST_LIMIT,
            built_in=True,
        ),
        Role(id="cashier", permissions=_CASHIER, built_in=True),
    )
}


def write_token(public: str, secret: str) -> str:
    """Return the key as its owner keeps it: `pk_live_<public>_<secret>`."""
    return f"{TOKEN_START}{public}_{secret}"


def read_token(token: str) -> tuple[str, bytes] | None:
    """Return a key's prefix and the hash of its secret; None for what cannot be a key."""
    prefix, _, secret = token.rpartition("_")
    if len(secret) != SECRET_CHARACTERS or len(prefix) != len(TOKEN_START) + PREFIX_CHARACTERS:
        return None
    if not (prefix.startswith(TOKEN_START) and token.isascii()):
        return None
    return prefix, hash_secret(secret)


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a key. Fast on purpose: it runs on requests, and the secret cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def hash_bytes(secret: bytes) -> bytes:
    """Return what is stored of something random that is not text. Fast, for it cannot be guessed."""
    return hashlib.sha256(secret).digest()


def same_secret(known: bytes, sent: bytes) -> bool:
    """Compare two hashes in a time that says nothing of where they differ."""
    return hmac.compare_digest(known, sent)


def admit(key: ApiKey, *, client: str | None, now: datetime) -> None:
    """Let a key in whose secret was right.

    Raises:
        KeyRevoked: Revoked by now; says so because the caller proved to hold the key.
        KeyExpired: Its time is over.
        KeyUnknown: It may not be used from where the caller is.
    """
    if key.revoked_at is not None and key.revoked_at <= now:
        raise KeyRevoked
    if key.expires_at is not None and key.expires_at <= now:
        raise KeyExpired
    if key.networks and not within(key.networks, client):
        raise KeyUnknown


def within(networks: Iterable[str], client: str | None) -> bool:
    """Tell whether an address belongs to one of the networks; what is no address belongs to none."""
    try:
        address = ipaddress.ip_address(client or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any((mapped or address) in ipaddress.ip_network(network) for network in networks)


def read_networks(networks: Iterable[str]) -> tuple[str, ...]:
    """Return the CIDR blocks in their canonical form; a single address is a block of one.

    Raises:
        NetworkInvalid: One of them is neither.
    """
    blocks: list[str] = []
    for network in networks:
        try:
            blocks.append(str(ipaddress.ip_network(network.strip(), strict=False)))
        except ValueError as unreadable:
            raise NetworkInvalid(network=network) from unreadable
    return tuple(dict.fromkeys(blocks))


def check_ahead(instant: datetime | None, now: datetime) -> None:
    """Refuse an end that has already passed.

    Raises:
        ExpiryPast: It has.
    """
    if instant is not None and instant <= now:
        raise ExpiryPast


def check_grant(own: frozenset[Permission], given: frozenset[Permission]) -> None:
    """Refuse to let anybody hand out more than she has.

    Raises:
        BeyondOwn: With the permissions she lacks.
    """
    lacking = sorted(given - own)
    if lacking:
        raise BeyondOwn(permissions=", ".join(lacking))


def check_password(password: str) -> None:
    """Refuse passwords that are guessed first.

    Raises:
        PasswordWeak: Too short, too long to hash cheaply, or hardly any different characters.
    """
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST or len(set(password)) < PASSWORD_DIFFERENT:
        raise PasswordWeak(least=PASSWORD_LEAST, most=PASSWORD_MOST, different=PASSWORD_DIFFERENT)


def resolve_role(role: str, custom: Role | None) -> Role:
    """Return what a role means here: built-in permissions with the organization's own limit, or the custom role.

    A name that means nothing any more allows nothing.
    """
    built_in = BUILT_IN_ROLES.get(role)
    if built_in is None:
        return custom or Role(id=role, permissions=frozenset(), adjust_limit=0)
    if custom is None:
        return built_in
    return Role(id=role, permissions=built_in.permissions, adjust_limit=custom.adjust_limit, built_in=True)


def stands(session: Session, *, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a session still lets its owner in; `seen_at` is when it was used last, as far as is known."""
    ended = session.ended_at is not None and session.ended_at <= now
    return not ended and now < session.expires_at and now - seen_at < SESSION_IDLE


def is_own(fetch_site: str | None, origin: str | None, own: Collection[str]) -> bool:
    """Tell whether a page of ours sent a request, by what only browsers can write into its headers.

    Args:
        fetch_site: `Sec-Fetch-Site`; where it was sent it decides, for it knows nothing of proxies.
        origin: `Origin`.
        own: Origins under which we are reached.
    """
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return origin is not None and origin in own


def failed_again(known: Failures | None, *, now: datetime, free: int, forgotten: timedelta) -> Failures:
    """Return the failures with one more, and how long nobody may try now: nothing at first, then twice as long each.

    Args:
        known: Those before; forgotten when the last is long past.
        now: When.
        free: How many there may be before the first wait.
        forgotten: After how long without another they no longer count.
    """
    count = 1 if known is None or now - known.failed_at >= forgotten else known.count + 1
    return Failures(count=count, failed_at=now, free_at=now + wait_after(count, free))


def wait_after(failures: int, free: int) -> timedelta:
    """Return how long to wait after so many failures."""
    if failures < free:
        return timedelta()
    # Beyond ten doublings the longest wait is long reached; nobody computes two to the millions.
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - free, 10)))


def network_of(address: str | None) -> str:
    """Return what failures of an address count for: of IPv6 the /64, which one household or machine has to itself."""
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(getattr(read, "ipv4_mapped", None) or read)


def factor_uri(secret: str, email: str) -> str:
    """Return what an authenticator app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return which half minute a code is of; None where it is of none near now, or of one that was used.

    Args:
        secret: In base 32.
        code: Six digits.
        after: The newest step used; it and those before no longer count.
        now: When.
    """
    generator = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - STEPS_ASIDE, present + STEPS_ASIDE + 1):
        same = hmac.compare_digest(generator.generate_otp(step).encode(), code.encode())
        if same and step > after and found is None:
            found = step
    return found


def read_code(sent: str) -> str:
    """Return a code as it is compared, without the spaces and dashes people type."""
    return sent.replace(" ", "").replace("-", "").lower()


def is_totp(code: str) -> bool:
    """Tell a code of an app from a recovery code."""
    return len(code) == CODE_DIGITS and code.isascii() and code.isdigit()
