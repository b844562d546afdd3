"""The running state of two members as one, and of one as two again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeVar

from msgspec import Raw, Struct, json, structs

from puntal.activity.model import Totals
from puntal.engine.model import Running
from puntal.engine.tally import Tally
from puntal.limits.model import Counter, Used
from puntal.tiers.model import Climb, Standing

Key = TypeVar("Key")
Value = TypeVar("Value")

_read = json.Decoder(Running).decode
_read_raw = json.Decoder(dict[str, Raw]).decode
_OURS = ("totals", "tiers", "used", "carry", "last", "once")
"""The rest of the state is the wallets' clocks, which move with the lots."""


class Before(Struct, frozen=True):
    """Running states of a merge, for its undo."""

    survivor: Running
    merged: Running
    combined: Running


def read(running: bytes) -> Running:
    """Return the state a holder's row keeps."""
    return _read(running)


def write(row: bytes, running: Running) -> bytes:
    """Return the row's JSON with our part replaced and all else as it was."""
    kept = {name: value for name, value in _read_raw(row).items() if name not in _OURS}
    ours = {name: value for name, value in _read_raw(json.encode(running)).items() if name in _OURS}
    return json.encode(kept | ours)


def combine(survivor: Running, merged: Running, tiers: dict[str, Standing]) -> Running:
    """Return the sum of two states. What is used of limits is summed, so an overrun stops new awards, takes none."""
    return structs.replace(
        survivor,
        totals=_add_totals(survivor.totals, merged.totals),
        tiers=tiers,
        used=_used(survivor.used, merged.used, _plus),
        carry=_joined(survivor.carry, merged.carry, _add_carry),
        last=_joined(survivor.last, merged.last, max),
        once={
            name: list(dict.fromkeys([*survivor.once.get(name, []), *merged.once.get(name, [])]))
            for name in {**survivor.once, **merged.once}
        },
    )


def part(
    present: Running,
    before: Before,
    since: Tally,
    room: tuple[Used, Used],
    tiers: tuple[dict[str, Standing], dict[str, Standing]],
) -> tuple[Running, Running]:
    """Return the states of both again: what the merged member had brought is hers, with what became of it since.

    What was done since stays with the survivor; what was left of a point stays where it was used.

    Args:
        present: Of the survivor.
        before: Both at the merge.
        since: What was added to or taken back of the orders that the merged member had brought.
        room: What the redemptions that she had brought used at the merge, and what they use now.
        tiers: Standings of the survivor and of the merged member.
    """
    one, other, both = before.survivor, before.merged, before.combined
    theirs = structs.replace(
        other,
        totals=_changed_totals(other.totals, since),
        tiers=tiers[1],
        used=_used(_used(_used(other.used, _room(since), _plus), room[1], _plus), room[0], _less),
        carry={rule: rest for rule, rest in other.carry.items() if present.carry.get(rule) == both.carry.get(rule)},
        once={
            name: [value for value in values if value in present.once.get(name, [])]
            for name, values in other.once.items()
        },
    )
    hers = structs.replace(
        present,
        totals=_take_totals(present.totals, theirs.totals, before),
        tiers=tiers[0],
        used={
            key: {start: _minus(counter, theirs.used.get(key, {}).get(start, Counter()))
                  for start, counter in windows.items()}
            for key, windows in present.used.items()
        },
        carry={
            rule: one.carry.get(rule, (0, 1)) if rest == both.carry.get(rule) else rest
            for rule, rest in present.carry.items()
        },
        last={
            name: one.last[name] if at == both.last.get(name) and name in one.last else at
            for name, at in present.last.items()
            if name in one.last or at != both.last.get(name)
        },
        once={
            name: [
                value for value in values if value in one.once.get(name, []) or value not in other.once.get(name, [])
            ]
            for name, values in present.once.items()
        },
    )  # fmt: skip
    return hers, theirs


def days_of(since: Tally, climbs: Sequence[Climb]) -> dict[str, list[tuple[date, int]]]:
    """Return per ladder what a tally says of its measure, by local day."""
    return {
        climb.id: [
            (one.day, one.amount)
            for one in since.measured
            if one.measure == climb.measure and (climb.measure != "earned" or one.wallet == climb.wallet)
        ]
        for climb in climbs
    }


def _room(since: Tally) -> Used:
    used: Used = {}
    for room in since.used:
        used.setdefault(room.key, {})[room.start] = room.counter
    return used


def _changed_totals(totals: Totals, since: Tally) -> Totals:
    return structs.replace(
        totals,
        orders=totals.orders + since.orders,
        spend=totals.spend + since.spend,
        items=totals.items + since.items,
        refunded=totals.refunded + since.refunded,
        earned=_joined(totals.earned, since.earned, _plus_number),
    )


def _add_totals(one: Totals, other: Totals) -> Totals:
    return Totals(
        orders=one.orders + other.orders,
        spend=one.spend + other.spend,
        items=one.items + other.items,
        refunded=one.refunded + other.refunded,
        first_day=min(_known(one.first_day, other.first_day), default=None),
        last_day=max(_known(one.last_day, other.last_day), default=None),
        earned=_joined(one.earned, other.earned, _plus_number),
        spent=_joined(one.spent, other.spent, _plus_number),
    )


def _take_totals(present: Totals, theirs: Totals, before: Before) -> Totals:
    one, both = before.survivor.totals, before.combined.totals
    return Totals(
        orders=present.orders - theirs.orders,
        spend=present.spend - theirs.spend,
        items=present.items - theirs.items,
        refunded=present.refunded - theirs.refunded,
        first_day=one.first_day if present.first_day == both.first_day and one.first_day else present.first_day,
        last_day=one.last_day if present.last_day == both.last_day else present.last_day,
        earned={wallet: amount - theirs.earned.get(wallet, 0) for wallet, amount in present.earned.items()},
        spent={wallet: amount - theirs.spent.get(wallet, 0) for wallet, amount in present.spent.items()},
    )


def _known(*days: date | None) -> list[date]:
    return [day for day in days if day is not None]


def _joined(
    one: Mapping[Key, Value], other: Mapping[Key, Value], both: Callable[[Value, Value], Value]
) -> dict[Key, Value]:
    joined = dict(one)
    for key, value in other.items():
        joined[key] = both(joined[key], value) if key in joined else value
    return joined


def _plus_number(one: int, other: int) -> int:
    return one + other


def _add_carry(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    rest = Fraction(*one) + Fraction(*other)
    return rest.numerator, rest.denominator


def _plus(one: Counter, other: Counter) -> Counter:
    return Counter(one.times + other.times, one.points + other.points, one.value + other.value)


def _less(one: Counter, other: Counter) -> Counter:
    return Counter(one.times - other.times, one.points - other.points, one.value - other.value)


def _minus(one: Counter, other: Counter) -> Counter:
    return Counter(max(0, one.times - other.times), max(0, one.points - other.points), max(0, one.value - other.value))


def _used(one: Used, other: Used, both: Callable[[Counter, Counter], Counter]) -> Used:
    nothing = Counter()
    return {
        key: {
            start: both(one.get(key, {}).get(start, nothing), other.get(key, {}).get(start, nothing))
            for start in {**one.get(key, {}), **other.get(key, {})}
        }
        for key in {**one, **other}
    }
