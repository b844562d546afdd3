"""Compiling a wallet, and the dates a lot gets. Pure."""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from puntal.kit import calendar, money
from puntal.points.model import (
    OR_NEVER,
    CardTerms,
    DatesOfDay,
    Ending,
    Length,
    MoneyCaps,
    Proof,
    Starting,
    Terms,
)
from puntal.programs.document.values import each_of

if TYPE_CHECKING:
    from puntal.programs.document.values import MoneyText, Span
    from puntal.programs.document.wallets import (
        Available,
        CountryLimits,
        Expiry,
        GiftCards,
        Wallet,
        WalletLimits,
    )

LEAST_LIFE = Length(30, "days")
"""No lot ends sooner after it was recorded."""
WAIT_FOR_EVENT = Length(60, "days")
"""How long an activating event is waited for when the document does not say."""
_REMEMBERED_DAYS = 4_096
_MONTHS = {name.lower(): number for number, name in enumerate(months.month_abbr) if name}


def compile_terms(
    ordinal: int,
    id: str,
    wallet: Wallet,
    zone: ZoneInfo,
    returned: Span | None = None,
    currency: str | None = None,
    *,
    shared: bool = False,
    needs: tuple[Proof, ...] = (),
) -> Terms:
    """Return a wallet of the document ready for the hot path.

    Args:
        returned: The program's `returned_points_live`; 30 days when not given.
        currency: The program's, for what units cost; a money wallet has its own.
        shared: Some kind of pool has one of it together.
        needs: The program's `redeem_needs`.
    """
    earn = each_of(wallet.limits.earn)
    liability = wallet.liability
    cost, cost_currency = Fraction(0), wallet.currency or currency
    if liability.cost_per_point is not None:
        cost_currency = liability.cost_per_point.currency
        cost = Fraction(liability.cost_per_point.amount) * 10 ** money.digits(cost_currency) / 10**wallet.scale
    elif wallet.kind == "money":
        # A unit of a money wallet is a minor unit of its currency.
        cost = Fraction(1)
    expiry = wallet.expiry
    if wallet.kind == "money" and wallet.granted_expires is not None:
        expiry = wallet.granted_expires
    return Terms(
        ordinal=ordinal,
        id=id,
        kind=wallet.kind,
        zone=zone,
        scale=wallet.scale,
        currency=cost_currency,
        starting=compile_starting(wallet.available),
        ending=compile_ending(expiry),
        if_already_spent=wallet.if_already_spent,
        balance_cap=wallet.limits.balance,
        earn_caps=tuple((limit.points, limit.per) for limit in earn),
        card_size=wallet.card.size if wallet.card else None,
        card_reward=wallet.card.reward if wallet.card else None,
        transferable=wallet.transferable,
        conversions={conversion.to: (conversion.take, conversion.give) for conversion in wallet.convert},
        returned=_length(returned) if returned else LEAST_LIFE,
        cost=cost,
        expected_redemption=liability.expected_redemption.fraction,
        retired=wallet.retired,
        shared=shared,
        needs=needs,
        caps=_caps(wallet.limits, wallet.limits.balance),
        countries={country: _country(wallet.limits, own) for country, own in wallet.limits.countries.items()},
        gift_cards=None if wallet.gift_cards is None else _cards(wallet.gift_cards),
    )


def _caps(limits: WalletLimits | CountryLimits, balance: int | None) -> MoneyCaps:
    loads = each_of(limits.load)
    return MoneyCaps(
        balance=balance,
        loads=tuple((limit.amount.minor, limit.per) for limit in loads),
        transfer=_minor(limits.transfer),
    )


def _country(limits: WalletLimits, own: CountryLimits) -> MoneyCaps:
    """Return the caps of a country: its own where it has some, else those of everybody."""
    general, caps = _caps(limits, limits.balance), _caps(own, _minor(own.balance))
    return MoneyCaps(
        balance=general.balance if caps.balance is None else caps.balance,
        loads=caps.loads or general.loads,
        transfer=general.transfer if caps.transfer is None else caps.transfer,
    )


def _cards(cards: GiftCards) -> CardTerms:
    return CardTerms(
        ending=compile_ending(cards.expiry),
        least=_minor(cards.min) or 1,
        most=_minor(cards.max),
        prefix=cards.prefix,
        length=cards.length,
    )


def _minor(text: MoneyText | None) -> int | None:
    return None if text is None else text.minor


def compile_ending(expiry: Expiry) -> Ending:
    """Return how lots end, for a wallet or as an award's own `expiry`."""
    return Ending(
        after=_length(expiry.after) if expiry.after else None,
        end_of=expiry.end_of,
        on=tuple(sorted(_month_and_day(text) for text in expiry.on)),
        inactive=_length(expiry.inactive) if expiry.inactive else None,
    )


def compile_starting(available: Available) -> Starting:
    """Return when lots become available, for a wallet or as an award's own `available`."""
    return Starting(
        after=_length(available.after) if available.after else None,
        on=available.on,
        cancel=available.if_never == "cancel",
        within=_length(available.within) if available.within else None,
    )


def lot_dates(
    terms: Terms,
    earned_at: datetime,
    now: datetime,
    override_expiry: Ending | None = None,
    override_available: Starting | None = None,
    *,
    paid_in: bool = False,
) -> tuple[datetime, datetime | None, bool, str | None]:
    """Return when a lot starts and ends, whether activity renews it, and the event it waits for.

    Remembers local days, the last one within reach, because most lots of a day get the same dates.

    Args:
        earned_at: When it was earned; its life starts when it becomes available.
        now: When it is recorded; it lives at least 30 days from here.
        paid_in: Paid-in money never ends.
    """
    key = (override_expiry, override_available, paid_in)
    known = terms.memo.get(key)
    if (
        known is None
        or not known.earned_from <= earned_at < known.earned_until
        or not known.recorded_from <= now < known.recorded_until
    ):
        days = (*key, calendar.local_day(terms.zone, earned_at), calendar.local_day(terms.zone, now))
        known = terms.memo.get(days) or _dates_of_day(terms, earned_at, now, *key)
        if known is None:
            return _exact_dates(terms, earned_at, now, *key)
        if len(terms.memo) > _REMEMBERED_DAYS:
            terms.memo.clear()
        terms.memo[key] = terms.memo[days] = known
    return known.starts_at or min(earned_at, now), known.ends_at, known.renewable, known.awaits


def inactivity_end(terms: Terms, at: datetime) -> datetime:
    """Return until when activity at `at` keeps a wallet alive that ends by inactivity."""
    inactive = terms.ending.inactive
    assert inactive is not None, f"{terms.id} does not end by inactivity"
    return calendar.after(terms.zone, at, inactive.count, inactive.unit)


def returned_end(terms: Terms, now: datetime) -> datetime:
    """Return until when units live that return now to a lot which has ended."""
    return calendar.after(terms.zone, now, terms.returned.count, terms.returned.unit)


def life_end(terms: Terms, ending: Ending, starts_at: datetime, now: datetime) -> datetime | None:
    """Return the end of a lot's life, never sooner than 30 days after `now`."""
    end = _end(ending, terms.zone, starts_at)
    return None if end is None else max(end, _least_end(terms.zone, now))


def window_start(terms: Terms, per: calendar.Period, at: datetime) -> date:
    """Return the first local day of the calendar window that holds `at`."""
    return calendar.period_start(calendar.local_day(terms.zone, at), per)


def truncate(amounts: list[int], room: int | None) -> list[int]:
    """Cut awards to the room there is, in the order given: base before bonuses, in document order."""
    if room is None:
        return list(amounts)
    left = max(0, room)
    cut = []
    for amount in amounts:
        given = min(amount, left)
        left -= given
        cut.append(given)
    return cut


def _length(span: Span) -> Length:
    return Length(span.count, span.unit)


def _month_and_day(text: str) -> tuple[int, int]:
    """Read `31 Dec`; also `31 December`."""
    day, _, month = text.strip().partition(" ")
    number = _MONTHS.get(month.strip()[:3].lower())
    # 2024: 29 February is a day of the year, also in years without it.
    if number is None or not day.isdecimal() or not 1 <= int(day) <= months.monthrange(2024, number)[1]:
        raise ValueError(f"{text} is not a day of the year such as 31 Dec")
    return number, int(day)


def _dates_of_day(
    terms: Terms,
    earned_at: datetime,
    now: datetime,
    override_expiry: Ending | None,
    override_available: Starting | None,
    paid_in: bool,  # noqa: FBT001 - part of the key
) -> DatesOfDay | None:
    """Return dates that hold for the whole local day, or None where they depend on the minute."""
    starting = override_available or terms.starting
    ending = override_expiry or terms.ending
    if any(
        length and length.unit in {"minutes", "hours"} for length in (starting.after, starting.within, ending.after)
    ):
        return None
    earned_on, recorded_on = calendar.local_day(terms.zone, earned_at), calendar.local_day(terms.zone, now)
    earned_from, recorded_from = (calendar.midnight(terms.zone, day) for day in (earned_on, recorded_on))
    delayed = starting.after is not None or starting.on is not None
    starts_at, ends_at, renewable, awaits = _exact_dates(
        terms, earned_at, now, override_expiry, override_available, paid_in
    )
    return DatesOfDay(
        earned_from=earned_from,
        earned_until=calendar.midnight(terms.zone, earned_on + timedelta(days=1)),
        recorded_from=recorded_from,
        recorded_until=calendar.midnight(terms.zone, recorded_on + timedelta(days=1)),
        starts_at=starts_at if delayed else None,
        ends_at=ends_at,
        renewable=renewable,
        awaits=awaits,
    )


def _exact_dates(
    terms: Terms,
    earned_at: datetime,
    now: datetime,
    override_expiry: Ending | None,
    override_available: Starting | None,
    paid_in: bool,  # noqa: FBT001 - part of the key
) -> tuple[datetime, datetime | None, bool, str | None]:
    starting = override_available or terms.starting
    ending = override_expiry or terms.ending
    starts_at = min(earned_at, now)
    if starting.on is not None:
        wait = starting.within or WAIT_FOR_EVENT
        starts_at = calendar.after(terms.zone, starts_at, wait.count, wait.unit)
    elif starting.after is not None:
        starts_at = calendar.after(terms.zone, starts_at, starting.after.count, starting.after.unit)
    awaits = f"{starting.on}{OR_NEVER}" if starting.on is not None and starting.cancel else starting.on
    if paid_in:
        return starts_at, None, False, awaits
    # An award's own expiry gives its lot an end of its own, which activity does not move.
    renewable = ending.inactive is not None and override_expiry is None
    return starts_at, life_end(terms, ending, starts_at, now), renewable, awaits


def _least_end(zone: ZoneInfo, now: datetime) -> datetime:
    return calendar.after(zone, now, LEAST_LIFE.count, LEAST_LIFE.unit)


def _end(ending: Ending, zone: ZoneInfo, starts_at: datetime) -> datetime | None:
    life = ending.after or ending.inactive
    if life is not None and life.unit in {"minutes", "hours"}:
        return calendar.after(zone, starts_at, life.count, life.unit)
    return _end_of_day(ending, zone, calendar.local_day(zone, starts_at))


@lru_cache(maxsize=16384)
def _end_of_day(ending: Ending, zone: ZoneInfo, start: date) -> datetime | None:
    """Return the end of a life that starts in a local day."""
    if ending.on:
        year_after = (start.year, start.year + 1)
        days = (_in_year(year, month, day) for year in year_after for month, day in ending.on)
        return calendar.midnight(zone, next(day for day in days if day >= start) + timedelta(days=1))
    life = ending.after or ending.inactive
    if life is None:
        return None
    last = calendar.add(start, life.count, life.unit)
    end = calendar.period_end(last, "day" if ending.after is None else ending.end_of)
    assert end is not None, "a lifetime is no end"
    return calendar.midnight(zone, end)


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, months.monthrange(year, month)[1]))
