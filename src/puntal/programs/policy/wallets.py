"""Faults of wallets and pools. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from puntal.kit.money import digits
from puntal.kit.words import Words
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText
from puntal.programs.document.wallets import Available, Expiry, LoadLimit, PayWith, Wallet
from puntal.programs.policy.collector import Place
from puntal.programs.policy.hints import A_WALLET, REMOVE, added

_LEAP_YEAR = 2024
_COARSE_UNITS = frozenset({"days", "weeks", "months", "years"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IS_NO_MONEY = Words("remove it, or use kind: money", "quítalo, o usa kind: money")


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
            reason = Words("what one is worth is more than nothing", "una unidad tiene que valer algo")
            (place / "worth" / "value").fault("must_be_positive", reason, None)
        for index, conversion in enumerate(wallet.convert):
            there = place / "convert" / index / "to"
            if conversion.to == name:
                reason = Words("a wallet is converted into another one", "un monedero se cambia a otro distinto")
                there.fault("converts_to_itself", reason, None)
            elif there.known(conversion.to, program.wallets, "wallet") and (
                program.wallets[conversion.to].kind == "qualifying"
            ):
                reason = Words(
                    "qualifying points are earned, never converted",
                    "los puntos que cuentan para niveles se ganan, no se consiguen con un cambio",
                )
                there.fault("qualifying_is_earned", reason, None)
    for name, pool in program.pools.items():
        for index, wallet_id in enumerate(pool.wallets):
            (root / "pools" / name / "wallets" / index).known(wallet_id, program.wallets, "wallet")


def _kind(wallet: Wallet, program_currency: str, place: Place) -> None:
    if wallet.kind == "money":
        _money_wallet(wallet, program_currency, place)
    else:
        if wallet.currency is not None:
            reason = Words(f"a {wallet.kind} wallet has no currency", f"{A_WALLET[wallet.kind]} no tiene moneda")
            (place / "currency").fault("only_for_money", reason, _IS_NO_MONEY)
        if wallet.granted_expires is not None:
            reason = Words(
                "only money wallets tell granted from paid-in",
                "solo los monederos de dinero distinguen lo regalado de lo pagado",
            )
            (place / "granted_expires").fault("only_for_money", reason, Words("use 'expiry'", "usa 'expiry'"))
        limits = wallet.limits
        given = (
            (place / "gift_cards", wallet.gift_cards),
            (place / "limits" / "load", limits.load),
            (place / "limits" / "transfer", limits.transfer),
            (place / "limits" / "countries", limits.countries),
        )
        for there in (there for there, said in given if said):
            reason = Words("only a money wallet has this", "esto solo lo tiene un monedero de dinero")
            there.fault("only_for_money", reason, _IS_NO_MONEY)
    if wallet.card is not None and wallet.kind != "stamps":
        reason = Words("only a stamps wallet is a card", "solo un monedero de sellos es una tarjeta")
        (place / "card").fault("only_for_stamps", reason, "kind: stamps")
    if wallet.kind == "stamps" and wallet.scale:
        (place / "scale").fault(
            "whole_stamps", Words("a stamp is a whole one", "un sello es siempre entero"), "scale: 0"
        )
    if wallet.kind == "qualifying":
        spendable = {
            "worth": wallet.worth is not None,
            "transferable": wallet.transferable,
            "convert": bool(wallet.convert),
        }
        for key in (key for key, given in spendable.items() if given):
            reason = Words(
                f"qualifying points count for tiers only, so '{key}' means nothing",
                f"estos puntos solo cuentan para niveles, así que '{key}' no significa nada",
            )
            (place / key).fault("not_spendable", reason, REMOVE)


def _money_wallet(wallet: Wallet, program_currency: str, place: Place) -> None:
    if wallet.currency is None:
        reason = Words("a money wallet needs its currency", "un monedero de dinero necesita su moneda")
        place.fault("currency_needed", reason, "currency: EUR")
    elif wallet.scale != (scale := digits(wallet.currency)):
        reason = Words(f"{wallet.currency} has {scale} decimals", f"{wallet.currency} {_decimals(scale)}")
        (place / "scale").fault("scale_of_currency", reason, f"scale: {scale}")
    if wallet.expiry.never is None:
        (place / "expiry").fault(
            "paid_in_never_expires",
            Words(
                "money that was paid in is owed for good; only granted money may end",
                "el dinero pagado se debe para siempre; solo puede acabar el regalado",
            ),
            Words("rename 'expiry' to 'granted_expires'", "cambia 'expiry' por 'granted_expires'"),
        )
    for index in range(len(wallet.convert)):
        reason = Words(
            "money is never turned into points or into other money",
            "el dinero nunca se cambia a puntos ni a otro dinero",
        )
        (place / "convert" / index).fault("money_stays_money", reason, REMOVE)
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
            reason = Words(
                "nobody is active for a card", "una tarjeta regalo no es de un miembro que pueda estar activo"
            )
            (there / "expiry" / "inactive").fault("card_has_no_member", reason, "after: 5 years")
        if cards.min is not None and cards.max is not None and cards.min.amount > cards.max.amount:
            (there / "min").fault(
                "min_above_max",
                Words("'min' is more than 'max'", "'min' es mayor que 'max'"),
                Words(f"at most {cards.max.root}", f"como máximo {cards.max.root}"),
            )
        if cards.lines is not None and currency != program_currency:
            (there / "lines").fault(
                "wrong_currency",
                Words(f"orders are in {program_currency}", f"los pedidos van en {program_currency}"),
                Words("sell them by the API", "véndelas por la API"),
            )
    for there, amount in amounts:
        if amount is not None and amount.currency != currency:
            reason = Words(f"the wallet is in {currency}", f"el monedero va en {currency}")
            there.fault("wrong_currency", reason, f"{amount.amount} {currency}")
        elif amount is not None and not amount.amount:
            reason = Words("nothing could be moved at all", "así no se podría mover nada")
            there.fault("must_be_positive", reason, None)


def _loads(load: LoadLimit | tuple[LoadLimit, ...], place: Place) -> list[tuple[Place, MoneyText | None]]:
    if isinstance(load, LoadLimit):
        return [(place / "amount", load.amount)]
    return [(place / index / "amount", each.amount) for index, each in enumerate(load)]


def check_available(available: Available, events: Collection[str], place: Place) -> None:
    """Collect the faults of when earned units can be spent."""
    if available.after is not None and available.on is not None:
        reason = Words(
            "it becomes available after a time or on an event, not both",
            "se puede gastar tras un tiempo o con un evento, no las dos cosas",
        )
        place.fault("only_one", reason, Words("keep 'after'", "deja solo 'after'"))
    if available.on is None:
        for key in ("within", "if_never"):
            if key in available.model_fields_set:
                reason = Words(
                    f"'{key}' says what happens when 'on' never comes",
                    f"'{key}' dice qué pasa si 'on' no llega nunca",
                )
                (place / key).fault("only_with_on", reason, added("on"))
        return
    (place / "on").known(available.on, events, "event")
    if available.within is None:
        reason = Words("say how long to wait for the event", "di cuánto se espera al evento")
        place.fault("missing", reason, "within: 60 days")


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
        reason = Words("'end_of' rounds the end of 'after'", "'end_of' redondea el final de 'after'")
        (place / "end_of").fault("only_with_after", reason, REMOVE)
    if expiry.events and expiry.inactive is None:
        reason = Words("'events' renew what ends by inactivity", "'events' renueva lo que acaba por inactividad")
        (place / "events").fault("only_with_inactive", reason, REMOVE)
    for index, event in enumerate(expiry.events):
        (place / "events" / index).known(event, events, "event")
    for key, span in (("after", expiry.after), ("inactive", expiry.inactive)):
        if span is not None and span.unit not in _COARSE_UNITS:
            reason = Words(
                "an end is counted in days, weeks, months or years",
                "un final se cuenta en días, semanas, meses o años",
            )
            (place / key).fault("whole_days", reason, "1 day")
    for index, text in enumerate(expiry.on):
        _calendar_date(text, place / "on" / index)


def _calendar_date(text: str, place: Place) -> None:
    day, _, month = text.partition(" ")
    if month.title() != month or month not in _MONTHS or not day.isdecimal():
        reason = Words(f"'{text[:20]}' is not a date of every year", f"'{text[:20]}' no es una fecha de cada año")
        place.fault("bad_date", reason, "31 Dec")
        return
    try:
        found = date(_LEAP_YEAR, _MONTHS.index(month) + 1, int(day))
    except ValueError:
        reason = Words(f"{month} has no day {day[:6]}", f"{month} no tiene día {day[:6]}")
        place.fault("bad_date", reason, "31 Dec")
        return
    if (found.month, found.day) == (2, 29):
        reason = Words("most years have no 29 February", "la mayoría de los años no tienen 29 de febrero")
        place.fault("bad_date", reason, "28 Feb")


def _decimals(scale: int) -> str:
    """Return in Spanish how many decimals a currency has."""
    return f"tiene {scale} decimales" if scale else "no tiene decimales"
