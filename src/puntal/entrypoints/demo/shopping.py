"""What the households do with the program beside buying: coupons by mail, and points swapped for money off.

The data knows which coupon was used on which day; everything else is a simple behaviour, the same in every run. Each
evening, an hour before midnight:

1. **Mail.** Of a campaign that begins, a voucher for each coupon that a household is going to use, good from the
   campaign's first day through its last.
2. **Coupons.** The day's uses of coupons are uses of these vouchers. A voucher is good once, so the second use of the
   same coupon is refused.
3. **Money off.** A household with a voucher from an earlier day uses it on the largest basket of the day, if that is
   worth at least twice as much.
4. **Points.** Of the households that shopped and have points for one, every third swaps them for a voucher.

Baskets stay as they are in the data: what a voucher took off is noted with its use, for the reports, and changes no
amount.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

from puntal.checkout.operations import redemptions
from puntal.entrypoints.demo import coupons
from puntal.kit import clock, ids
from puntal.kit.calendar import midnight
from puntal.rewards.model import Ask as Wish
from puntal.rewards.model_vouchers import Ask, Issue, VoucherTerms
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as kept

if TYPE_CHECKING:
    from puntal.engine.model import Compiled
    from puntal.entrypoints.programs import Loaded, Programs
    from puntal.kit.db import Database, Transaction

ACTOR = "demo"
SOURCE = "store"
MONEY_OFF = "ten_off"
MONEY_OFF_MINOR = 1_000
POINTS = 1_000
LEAST_BASKET = 2
"""How many times the voucher's worth a basket has to cost before one is used on it."""
ONE_IN = 3
_COUPON = "manufacturer_coupon"

VISITS = """
-- Vouchers from before today whose owners shopped today: the oldest of each on her largest basket.
SELECT DISTINCT ON (v.member_id) v.code, v.member_id, o.source || ':' || o.order_id, o.store
FROM voucher v
JOIN shop_order o ON o.program_id = %(program_id)s AND o.member_id = v.member_id AND o.day = %(day)s
WHERE v.program_id = %(program_id)s AND v.reward = %(reward)s AND v.state IN ('issued', 'held')
  AND v.issued_at < %(morning)s AND v.ends_at > %(now)s AND o.state = 'earned' AND o.net_minor >= %(least)s
ORDER BY v.member_id, o.net_minor DESC, o.order_id, v.issued_at, v.id
"""

ABLE = """
-- Who shopped today and has the points.
SELECT h.id
FROM holder h
WHERE h.program_id = %(program_id)s AND h.available[%(place)s] >= %(points)s
  AND EXISTS (SELECT FROM shop_order o WHERE o.program_id = %(program_id)s AND o.member_id = h.id AND o.day = %(day)s)
ORDER BY h.id
"""

COUPONS_USED = """
-- Uses of coupons by mail.
SELECT count(*) FROM voucher_use u JOIN voucher v ON v.program_id = %(program_id)s AND v.id = u.voucher_id
WHERE u.program_id = %(program_id)s AND u.state = 'used' AND v.reward = ANY(%(rewards)s::text[])
"""


def additions() -> dict[str, list[dict[str, Any]] | dict[str, Any]]:
    """Return what the demo's document has beside the template's: the campaigns by mail, and what points buy."""
    return {
        "reward_kinds": {
            _COUPON: {"label": {"es": "Cupón de fabricante", "en": "Manufacturer's coupon"}, "fulfilment": False}
        },
        "campaigns": [
            {
                "id": f"mailer_{mailer.id}",
                "label": {"es": f"Cupones por correo {mailer.id}", "en": f"Coupons by mail {mailer.id}"},
                "from": mailer.since.isoformat(),
                "through": mailer.through.isoformat(),
                "rewards": [
                    {"id": _reward(mailer.id), "kind": "custom", "type": _COUPON, "listed": False, "voucher": {}}
                ],
            }
            for mailer in coupons.mailers()
        ],
        "rewards": [
            {
                "id": MONEY_OFF,
                "kind": "amount_off",
                "name": {"es": "10 dólares de descuento", "en": "10 dollars off"},
                "value": "10.00 USD",
                "cost": {"wallet": "points", "points": POINTS},
                "voucher": {"prefix": "TEN"},
                "valid": {"for": "60 days"},
            }
        ],
    }


def _reward(campaign: str) -> str:
    return f"mailer_{campaign}_coupon"


class Evenings:
    """What happens an hour before midnight. A second run of an evening changes nothing."""

    def __init__(self, database: Database, programs: Programs, program_id: int, slug: str) -> None:
        self._database = database
        self._programs = programs
        self._program_id = program_id
        self._slug = slug
        self._mailed = False
        self._uses: dict[date, list[coupons.CouponUse]] = defaultdict(list)
        for use in coupons.uses():
            self._uses[use.on].append(use)

    async def __call__(self, day: date) -> None:
        """Do everything of one evening, in one transaction."""
        async with self._database.program_transaction(self._program_id) as tx:
            loaded = await self._programs.current(tx, self._program_id)
            now = midnight(loaded.newest.zone, day + timedelta(days=1)) - timedelta(hours=1)
            await self._mail(tx, loaded.newest, day, now)
            await self._use_coupons(tx, day, now)
            await self._use_money_off(tx, loaded.newest, day, now)
            await self._swap_points(tx, loaded, day, now)

    def _member(self, card: str) -> UUID:
        return ids.derived(card, self._slug)

    async def _mail(self, tx: Transaction, program: Compiled, day: date, now: datetime) -> None:
        """Issue the vouchers of campaigns that begin; with the first evening also of those that began before."""
        begun = [m for m in coupons.mailers() if m.since == day or (not self._mailed and m.since < day)]
        self._mailed = True
        issues = [
            Issue(
                id=ids.derived(f"{use.card}/{use.coupon}/{use.campaign}", "mail"),
                reward=_reward(mailer.id),
                terms=VoucherTerms(revision=program.revision),
                origin="direct",
                member_id=self._member(use.card),
                valid_from=min(now, midnight(program.zone, mailer.since)),
                ends_at=midnight(program.zone, mailer.through + timedelta(days=1)),
            )
            for mailer in begun
            for use in {(u.card, u.coupon): u for u in coupons.uses() if u.campaign == mailer.id}.values()
        ]
        if issues:
            await vouchers.issue(tx, self._program_id, issues, now=now)

    async def _use_coupons(self, tx: Transaction, day: date, now: datetime) -> None:
        told = self._uses.get(day, [])
        if not told:
            return
        named = {use: ids.derived(f"{use.card}/{use.coupon}/{use.campaign}", "mail") for use in told}
        known = await kept.load(tx, self._program_id, set(named.values()))
        # Each use is one of its own, the second of a coupon too: that it is refused is the voucher's matter.
        asks = [
            Ask(
                code=known[named[use]].code,
                reference=f"coupon:{use.on}:{use.coupon}:{at}",
                member_id=self._member(use.card),
                order_key=None if use.order is None else f"{SOURCE}:{use.order}",
                channel="store",
                actor=ACTOR,
                discount_minor=use.discount_minor,
            )
            for at, use in enumerate(told)
        ]
        await vouchers.take_all(tx, self._program_id, asks, now=now)

    async def _use_money_off(self, tx: Transaction, program: Compiled, day: date, now: datetime) -> None:
        names = {
            "program_id": self._program_id,
            "reward": MONEY_OFF,
            "day": day,
            "morning": midnight(program.zone, day),
            "now": now,
            "least": LEAST_BASKET * MONEY_OFF_MINOR,
        }
        rows = await (await tx.execute(VISITS, names)).fetchall()
        asks = [
            Ask(
                code=code,
                reference=order,
                member_id=member,
                order_key=order,
                channel="store",
                store=store,
                actor=ACTOR,
                discount_minor=MONEY_OFF_MINOR,
            )
            for code, member, order, store in rows
        ]
        if asks:
            await vouchers.take_all(tx, self._program_id, asks, now=now)

    async def _swap_points(self, tx: Transaction, loaded: Loaded, day: date, now: datetime) -> None:
        place = loaded.newest.wallets["points"] + 1
        names = {"program_id": self._program_id, "day": day, "place": place, "points": POINTS}
        able = [row[0] for row in await (await tx.execute(ABLE, names)).fetchall()]
        for member in able:
            if not _wants(member, day):
                continue
            wanted = redemptions.Wanted(
                id=ids.derived(f"{member}/{day}", "swap"),
                member_id=member,
                ask=Wish(reward=MONEY_OFF, channel="store"),
                commit=True,
            )
            await redemptions.redeem_reward(tx, loaded, wanted, by=ACTOR, now=now, recorded_at=clock.now())


def _wants(member: UUID, day: date) -> bool:
    """Return whether she is one of those who swap that evening: every third, another third each day."""
    return int.from_bytes(blake2b(f"{member}/{day}".encode(), digest_size=4).digest()) % ONE_IN == 0


async def coupons_used(tx: Transaction, program_id: int) -> int:
    """Return how many uses of coupons were taken; the rest of those told were refused."""
    rewards = [_reward(mailer.id) for mailer in coupons.mailers()]
    row = await (await tx.execute(COUPONS_USED, {"program_id": program_id, "rewards": rewards})).fetchone()
    assert row is not None
    return int(row[0])
