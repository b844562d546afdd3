"""Faults of wallets and pools. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from puntal.kit.money import digits
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText
from puntal.programs.document.wallets import Available, Expiry, LoadLimit, PayWith, Wallet
from puntal.programs.policy.collector import Place

_LEAP_YEAR = 2024
_COARSE_UNITS = frozenset({"days", "weeks", "months", "years"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def check_wallets(program: Program, events: Collection[str], root: Place) -> None:
    """Collect the faults of every wallet and pool."""
    for name, wallet in program.wallets.items():
        place = root / "wallets" / name
        _kind(wallet, program.currency, place)
        check_available(wallet.available, events, place / "available")
        check_expiry(wallet.expiry, events, place / "expiry")
        if wallet.granted_expires is not None:
            check_expiry(wallet.granted_expires, events, place / "granted_expires")
        if isinstance(wallet.worth, PayWith) and not wallet.worth.value.amount:
            (place / "worth" / "value").fault("must_be_positive", "what one is worth is more than nothing", None)
        for index, conversion in enumerate(wallet.convert):
            there = place / "convert" / index / "to"
            if conversion.to == name:
                there.fault("converts_to_itself", "a wallet is converted into another one", None)
            elif there.known(conversion.to, program.wallets, "wallet") and (
                program.wallets[conversion.to].kind == "qualifying"
            ):
                there.fault("qualifying_is_earned", "qualifying points are earned, never converted", None)
    for name, pool in program.pools.items():
        for index, wallet_id in enumerate(pool.wallets):
            (root / "pools" / name / "wallets" / index).known(wallet_id, program.wallets, "wallet")


def _kind(wallet: Wallet, program_currency: str, place: Place) -> None:
    if wallet.kind == "money":
        _money_wallet(wallet, program_currency, place)
    else:
        if wallet.currency is not None:
            (place / "currency").fault(
                "only_for_money", f"a {wallet.kind} wallet has no currency", "remove it, or use kind: money"
            )
        if wallet.granted_expires is not None:
            (place / "granted_expires").fault(
                "only_for_money", "only money wallets tell granted from paid-in", "use 'expiry'"
            )
        limits = wallet.limits
        given = (
            (place / "gift_cards", wallet.gift_cards),
            (place / "limits" / "load", limits.load),
            (place / "limits" / "transfer", limits.transfer),
            (place / "limits" / "countries", limits.countries),
        )
        for there in (there for there, said in given if said):
            there.fault("only_for_money", "only a money wallet has this", "remove it, or use kind: money")
    if wallet.card is not None and wallet.kind != "stamps":
        (place / "card").fault("only_for_stamps", "only a stamps wallet is a card", "kind: stamps")
    if wallet.kind == "stamps" and wallet.scale:
        (place / "scale").fault("whole_stamps", "a stamp is a whole one", "scale: 0")
    if wallet.kind == "qualifying":
        spendable = {
            "worth": wallet.worth is not None,
            "transferable": wallet.transferable,
            "convert": bool(wallet.convert),
        }
        for key in (key for key, given in spendable.items() if given):
            (place / key).fault(
                "not_spendable", f"qualifying points count for tiers only, so '{key}' means nothing", "remove it"
            )


def _money_wallet(wallet: Wallet, program_currency: str, place: Place) -> None:
    if wallet.currency is None:
        place.fault("currency_needed", "a money wallet needs its currency", "currency: EUR")
    elif wallet.scale != digits(wallet.currency):
        (place / "scale").fault(
            "scale_of_currency",
            f"{wallet.currency} has {digits(wallet.currency)} decimals",
            f"scale: {digits(wallet.currency)}",
        )
    if wallet.expiry.never is None:
        (place / "expiry").fault(
            "paid_in_never_expires",
            "money that was paid in is owed for good; only granted money may end",
            "rename 'expiry' to 'granted_expires'",
        )
    for index in range(len(wallet.convert)):
        (place / "convert" / index).fault(
            "money_stays_money", "money is never turned into points or into other money", "remove it"
        )
    if wallet.currency is not None:
        _money_limits(wallet, wallet.currency, program_currency, place)


def _money_limits(wallet: Wallet, currency: str, program_currency: str, place: Place) -> None:
    limits, cards = wallet.limits, wallet.gift_cards
    amounts = [(place / "limits" / "transfer", limits.transfer), *_loads(limits.load, place / "limits" / "load")]
    for country, own in limits.countries.items():
        there = place / "limits" / "countries" / country
        amounts += [(there / "balance", own.balance), (there / "transfer", own.transfer)]
        amounts += _loads(own.load, there / "load")
    if cards is not None:
        there = place / "gift_cards"
        amounts += [(there / "min", cards.min), (there / "max", cards.max)]
        check_expiry(cards.expiry, (), there / "expiry")
        if cards.expiry.inactive is not None:
            (there / "expiry" / "inactive").fault("card_has_no_member", "nobody is active for a card", "after: 5 years")
        if cards.min is not None and cards.max is not None and cards.min.amount > cards.max.amount:
            (there / "min").fault("min_above_max", "'min' is more than 'max'", f"at most {cards.max.root}")
        if cards.lines is not None and currency != program_currency:
            (there / "lines").fault("wrong_currency", f"orders are in {program_currency}", "sell them by the API")
    for there, amount in amounts:
        if amount is not None and amount.currency != currency:
            there.fault("wrong_currency", f"the wallet is in {currency}", f"{amount.amount} {currency}")
        elif amount is not None and not amount.amount:
            there.fault("must_be_positive", "nothing could be moved at all", None)


def _loads(load: LoadLimit | tuple[LoadLimit, ...], place: Place) -> list[tuple[Place, MoneyText | None]]:
    if isinstance(load, LoadLimit):
        return [(place / "amount", load.amount)]
    return [(place / index / "amount", each.amount) for index, each in enumerate(load)]


def check_available(available: Available, events: Collection[str], place: Place) -> None:
    """Collect the faults of when earned units can be spent."""
    if available.after is not None and available.on is not None:
        place.fault("only_one", "it becomes available after a time or on an event, not both", "keep 'after'")
    if available.on is None:
        for key in ("within", "if_never"):
            if key in available.model_fields_set:
                (place / key).fault("only_with_on", f"'{key}' says what happens when 'on' never comes", "add 'on'")
        return
    (place / "on").known(available.on, events, "event")
    if available.within is None:
        place.fault("missing", "say how long to wait for the event", "within: 60 days")


def check_expiry(expiry: Expiry, events: Collection[str], place: Place) -> None:
    """Collect the faults of how units end."""
    given = {
        "never": expiry.never is not None,
        "after": expiry.after is not None,
        "on": bool(expiry.on),
        "inactive": expiry.inactive is not None,
    }
    place.exactly_one(given, "an expiry")
    if "end_of" in expiry.model_fields_set and expiry.after is None:
        (place / "end_of").fault("only_with_after", "'end_of' rounds the end of 'after'", "remove it")
    if expiry.events and expiry.inactive is None:
        (place / "events").fault("only_with_inactive", "'events' renew what ends by inactivity", "remove it")
    for index, event in enumerate(expiry.events):
        (place / "events" / index).known(event, events, "event")
    for key, span in (("after", expiry.after), ("inactive", expiry.inactive)):
        if span is not None and span.unit not in _COARSE_UNITS:
            (place / key).fault("whole_days", "an end is counted in days, weeks, months or years", "1 day")
    for index, text in enumerate(expiry.on):
        _calendar_date(text, place / "on" / index)


def _calendar_date(text: str, place: Place) -> None:
    day, _, month = text.partition(" ")
    if month.title() != month or month not in _MONTHS or not day.isdecimal():
        place.fault("bad_date", f"'{text[:20]}' is not a date of every year", "31 Dec")
        return
    try:
        found = date(_LEAP_YEAR, _MONTHS.index(month) + 1, int(day))
    except ValueError:
        place.fault("bad_date", f"{month} has no day {day[:6]}", "31 Dec")
        return
    if (found.month, found.day) == (2, 29):
        place.fault("bad_date", "most years have no 29 February", "28 Feb")
