"""A random history, and its figures counted by loops over the rows that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

if TYPE_CHECKING:
    from puntal.kit.db import Transaction

MADRID = ZoneInfo("Europe/Madrid")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OURS = {"available", "pending", "held", "debt"}
MOVES = [
    ("issued", "available"), ("issued", "pending"), ("available", "issued"), ("debt", "issued"),
    ("pending", "available"), ("available", "redeemed"), ("held", "redeemed"), ("redeemed", "available"),
    ("available", "expired"), ("available", "adjusted"), ("imported", "available"), ("transferred", "available"),
    ("available", "debt"), ("available", "spent"), ("gift_cards", "spent"),
]  # fmt: skip
Row = dict[str, Any]


async def put(tx: Transaction, table: str, rows: Sequence[Row]) -> None:
    columns = list(rows[0])
    values = ", ".join(f"%({column})s" for column in columns)
    async with tx.cursor() as cursor:
        await cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})".encode(), rows)


async def happen(tx: Transaction, program_id: int, chance: Random) -> None:
    """Store what four months may leave behind: at any hour, also next to midnights and turns of the clock."""

    def a_time() -> datetime:
        return BEGAN + timedelta(minutes=chance.randrange(121 * 24 * 60))

    def an_id() -> UUID:
        return UUID(int=chance.getrandbits(128))

    members: list[Row] = []
    for _ in range(25):
        status = chance.choices(["active", "guest", "left", "paused", "blocked"], [12, 5, 2, 1, 1])[0]
        enrolled = None if status == "guest" else a_time()
        members.append({"id": an_id(), "status": status, "enrolled_at": enrolled, "merged_into": None})
    for row in chance.sample(members, 3):
        into = chance.choice([other for other in members if other is not row and other["merged_into"] is None])
        if not any(other["merged_into"] == row["id"] for other in members):
            row |= {"status": "merged", "merged_into": into["id"]}
    program = {"program_id": program_id}
    await put(tx, "member", [program | row | {"created_at": BEGAN, "updated_at": BEGAN} for row in members])
    pool = an_id()
    await put(tx, "pool", [program | {"id": pool, "kind": "household", "created_at": BEGAN}])
    buyers = [row["id"] for row in members if row["status"] != "merged"]
    orders: list[Row] = []
    for number in range(160):
        at, net = a_time(), chance.choice([0, 1, 999, 1000, 2501])
        orders.append(
            {
                "source": chance.choices(["shop", "till", "referral"], [5, 5, 1])[0],
                "order_id": str(number),
                "member_id": chance.choice([*buyers, *buyers, None]),
                "state": chance.choices(["earned", "seen", "cancelled", "awaited"], [12, 1, 1, 1])[0],
                "occurred_at": at,
                "day": at.astimezone(MADRID).date(),
                "currency": "EUR",
                "net_minor": net,
                "total_minor": net + 300,
                "refunded_minor": chance.choice([0, 0, 0, net // 3, net]),
                "lines": "[]",
                "awards": chance.choice(["[]", "[]", '[["extra", 0, "points", [5, 3], [1, 0]]]']),
            }
        )
    await put(tx, "shop_order", [program | row for row in orders])
    events = [
        {
            "id": str(number),
            "type": "order.paid",
            "source": "shop",
            "member_id": chance.choice(buyers),
            "occurred_at": at,
            "recorded_at": at,
            "revision": 1,
            "fingerprint": "",
            "body": "{}",
            "outcome": "{}",
        }
        for number, at in enumerate(a_time() for _ in range(40))
    ]
    await put(tx, "event", [program | row for row in events])
    holders = [row["id"] for row in members] + [pool] * 6
    transfers: list[Row] = []
    for _ in range(200):
        at, (source, destination) = a_time(), chance.choice(MOVES)
        transfers.append(
            {
                "holder_id": chance.choice(holders),
                "id": an_id(),
                "wallet": chance.randrange(2),
                "kind": "points.moved",
                "source": source,
                "destination": destination,
                "amount": chance.randrange(1, 500),
                "effective_at": at - timedelta(days=chance.randrange(3)),
                "recorded_at": at,
                "event_id": chance.choice([None, chance.choice(events)["id"]]),
            }
        )
    await put(tx, "transfer", [program | row for row in transfers])
    redemptions = [
        {
            "id": an_id(),
            "member_id": chance.choice(members)["id"],
            "reward": chance.choice(["mug", "tea", "tea"]),
            "kind": "product",
            "revision": 1,
            "state": chance.choice(["committed", "committed", "cancelled", "voided"]),
            "held_at": at,
            "committed_at": at,
            "portions": 1,
            "holder_id": pool,
            "wallet": chance.choice([-1, 0, 1]),
            "units": 50,
            "returned": chance.choice([0, 0, 20]),
            "discount_minor": chance.randrange(400),
            "order_key": chance.choice([None, *(f"{row['source']}:{row['order_id']}" for row in orders[:40])]),
            "currency": "EUR",
            "fulfilment": "none",
            "lines": "[]",
            "uses": "[]",
            "terms": "{}",
            "fingerprint": "",
            "actor": "test",
            "note": "",
        }
        for at in (a_time() for _ in range(30))
    ]
    await put(tx, "redemption", [program | row for row in redemptions])
    changes = []
    for number, at in enumerate(sorted(a_time() for _ in range(60))):
        # Ids grow with time.
        tier, to = chance.choice(["base", "silver", "gold"]), chance.choice(["base", "silver", "gold"])
        changes.append(
            {
                "member_id": chance.choice(buyers),
                "id": UUID(int=(number + 1) << 64),
                "ladder": "club",
                "from_tier": tier,
                "to_tier": to,
                "reason": "earned",
                "effective_at": at,
                "recorded_at": at,
            }
        )
    await put(tx, "tier_change", [program | row for row in changes])


class Stored:
    """What the tables hold, and figures counted by loops over it."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.members = {row["id"]: row for row in tables["member"]}
        self.pools = {row["id"] for row in tables["pool"]}
        self.events = {row["id"]: row for row in tables["event"]}
        self.transfers = tables["transfer"]
        self.redemptions = tables["redemption"]
        self.changes = tables["tier_change"]
        self.bought = [
            row
            for row in tables["shop_order"]
            if row["state"] == "earned"
            and row["source"] != "referral"
            and not (row["net_minor"] and row["refunded_minor"] >= row["net_minor"])
        ]

    @classmethod
    async def read(cls, tx: Transaction, program_id: int) -> Stored:
        tables = {}
        for table in ("member", "pool", "event", "transfer", "redemption", "tier_change", "shop_order"):
            async with tx.cursor(row_factory=dict_row) as cursor:
                await cursor.execute(f"SELECT * FROM {table} WHERE program_id = %s".encode(), [program_id])
                tables[table] = await cursor.fetchall()
        return cls(tables)

    @staticmethod
    def day(at: datetime) -> date:
        return at.astimezone(MADRID).date()

    def belongs(self, row: Row, through: date) -> bool:
        joined = row["enrolled_at"]
        return row["status"] in ("active", "paused", "blocked") and joined is not None and self.day(joined) <= through

    def by_member(self, order: Row) -> bool:
        buyer = self.members.get(order["member_id"])
        return buyer is not None and buyer["enrolled_at"] is not None and self.day(buyer["enrolled_at"]) <= order["day"]

    def returning(self, order: Row) -> bool:
        def key(row: Row) -> tuple[Any, ...]:
            return row["occurred_at"], row["source"], row["order_id"]

        return order["member_id"] is not None and any(
            other["member_id"] == order["member_id"] and key(other) < key(order) for other in self.bought
        )

    def survivor(self, id: UUID) -> UUID:
        return self.members[id]["merged_into"] or id

    def took_part(self, since: date, through: date) -> set[UUID]:
        who = set()

        def adds(id: UUID, at: datetime) -> None:
            joined = self.members[id]["enrolled_at"]
            if joined is not None and self.day(joined) <= self.day(at):
                who.add(id)

        for row in self.transfers:
            moves = row["source"] == "issued" or row["destination"] in ("redeemed", "spent")
            if not (moves and since <= self.day(row["recorded_at"]) <= through):
                continue
            if row["holder_id"] not in self.pools:
                adds(self.survivor(row["holder_id"]), row["recorded_at"])
            elif row["event_id"] is not None:
                adds(self.survivor(self.events[row["event_id"]]["member_id"]), row["recorded_at"])
        for row in self.redemptions:
            if row["state"] == "committed" and since <= self.day(row["committed_at"]) <= through:
                adds(self.survivor(row["member_id"]), row["committed_at"])
        return who

    def flow(self, wallet: int, since: date, through: date) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for row in self.transfers:
            comes, goes = row["destination"] in OURS, row["source"] in OURS
            day = self.day(row["recorded_at"])
            if row["wallet"] != wallet or comes == goes or day > through:
                continue
            account, units = (row["source"], row["amount"]) if comes else (row["destination"], -row["amount"])
            name, sign = {"issued": ("earned", 1), "redeemed": ("spent", -1), "spent": ("spent", -1),
                          "expired": ("expired", -1)}.get(account, ("other", 1))  # fmt: skip
            sums[f"{name}_ever"] += sign * units
            sums["closing"] += units
            sums["opening" if day < since else name] += units if day < since else sign * units
        return sums

    def figures(self, since: date, through: date) -> dict[tuple[str, str | None], Any]:
        members = {id for id, row in self.members.items() if self.belongs(row, through)}
        part = self.took_part(since, through) & members
        orders = [row for row in self.bought if since <= row["day"] <= through]
        customers = Counter(row["member_id"] for row in orders if row["member_id"] is not None)
        known = sum(customers.values())
        as_members = {row["member_id"] for row in orders if self.by_member(row)}
        groups = {
            "": orders,
            "member_": [row for row in orders if self.by_member(row)],
            "guest_": [row for row in orders if not self.by_member(row)],
        }
        active = part | (as_members & members)
        out: dict[tuple[str, str | None], Any] = {
            ("members", None): len(members),
            ("new_members", None): sum(self.day(self.members[id]["enrolled_at"]) >= since for id in members),
            ("active_members", None): len(active),
            ("active_rate", None): (len(active), len(members)),
            ("participating_members", None): len(part),
            ("participation_rate", None): (len(part), len(members)),
            ("buyers", None): len(customers),
            ("membership_rate", None): (len(as_members), len(customers)),
            ("repeat_purchase_rate", None): (sum(map(self.returning, orders)), known),
            ("repeat_customer_rate", None): (sum(times > 1 for times in customers.values()), len(customers)),
            ("purchase_frequency", None): (known, len(customers)),
        }
        for prefix, group in groups.items():
            sales = sum(row["net_minor"] - row["refunded_minor"] for row in group)
            out[f"{prefix}orders", None] = len(group)
            out[f"{prefix}sales", None] = sales
            out[f"{prefix}average_order", None] = (sales, len(group))
        members_sales, guests_sales = out["member_sales", None], out["guest_sales", None]
        base = guests_sales * out["member_orders", None]
        out["average_order_uplift", None] = (members_sales * out["guest_orders", None] - base, base)
        for ordinal, wallet in enumerate(("points", "other")):
            sums = self.flow(ordinal, since, through)
            for name in ("opening", "earned", "spent", "expired", "other", "closing"):
                out[name, wallet] = sums[name]
            out["redemption_rate_period", wallet] = (sums["spent"], sums["earned"])
            out["breakage_rate", wallet] = (sums["expired_ever"], sums["earned_ever"])
            out["redemption_rate_lifetime", wallet] = (sums["spent_ever"], sums["earned_ever"])
        return out
