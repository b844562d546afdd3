"""The built-in fields of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from puntal.rules.model import FactValue, Field, Labels, Scope, Type, WalletField

STATUSES: Mapping[str, Labels] = {
    "active": {"es": "activo", "en": "active"},
    "guest": {"es": "invitado", "en": "guest"},
    "paused": {"es": "en pausa", "en": "paused"},
    "blocked": {"es": "bloqueado", "en": "blocked"},
    "left": {"es": "de baja", "en": "left"},
    "erased": {"es": "borrado", "en": "erased"},
    "merged": {"es": "fusionado", "en": "merged"},
}
_LEAF = "(h.running->'totals'->>'{}')"
_POOLED = """(SELECT s.available[{}] FROM pool_member p
  JOIN holder s ON s.program_id = p.program_id AND s.id = p.pool_id
  WHERE p.program_id = m.program_id AND p.member_id = m.id)"""
_TOTAL = "coalesce((h.running->'totals'->>'{}')::bigint, 0)"


def _field(  # noqa: PLR0913 - what a field is
    name: str,
    type_: Type,
    es: str,
    en: str,
    *,
    article: str = "el",
    one: tuple[str, str] | None = None,
    sql: str | None = None,
    empty: FactValue = None,
    example: str = "",
) -> Field:
    """Return a field with its labels; `article` is the Spanish one, `one` the Spanish and English of a single one."""
    return Field(
        name=name,
        type=type_,
        scope=Scope(name.split(".", maxsplit=1)[0]),
        labels={"es": es, "en": en},
        subject={"es": f"{article} {es}", "en": f"the {en}"},
        plural=article in ("los", "las"),
        one={} if one is None else {"es": one[0], "en": one[1]},
        sql=sql,
        empty=empty,
        example=example,
    )


def _days(name: str, es: str, en: str, *, sql: str, example: str = "") -> Field:
    """Return the field of the days since something."""
    days = _field(
        name,
        Type.NUMBER,
        f"días desde {es}",
        f"days since {en}",
        article="los",
        one=(f"día desde {es}", f"day since {en}"),
        sql=_days_since(sql),
        example=example,
    )
    return replace(days, elapsed=True)


def _flag(
    name: str, es: tuple[str, str, str], en: tuple[str, str, str], *, sql: str | None = None, empty: FactValue = None
) -> Field:
    """Return a field of yes or no: its label, the sentence for yes, and the one for no."""
    flag = _field(name, Type.FLAG, es[0], en[0], sql=sql, empty=empty)
    return replace(flag, answers={True: {"es": es[1], "en": en[1]}, False: {"es": es[2], "en": en[2]}})


def _days_since(expression: str) -> str:
    return f"(%(today)s::date - {expression})"


def member_fields(currency: str, money_scale: int) -> Iterator[Field]:
    """Yield what every program knows of a member."""
    first, last = (f"{_LEAF.format(name)}::date" for name in ("first_day", "last_day"))
    enrolled = "(m.enrolled_at AT TIME ZONE %(zone)s)::date"
    yield _field("member.id", Type.TEXT, "identificador", "id", sql="m.id::text")
    yield Field(
        name="member.status",
        type=Type.CHOICE,
        scope=Scope.MEMBER,
        labels={"es": "estado", "en": "status"},
        subject={"es": "el estado", "en": "the status"},
        sql="m.status",
        choices=tuple(STATUSES),
        named=STATUSES,
        example="active",
    )
    yield Field(
        name="member.country",
        type=Type.TEXT,
        scope=Scope.MEMBER,
        labels={"es": "país", "en": "country"},
        subject={"es": "el país", "en": "the country"},
        sql="m.country",
        territory=True,
        example="DE",
    )
    yield _field("member.locale", Type.TEXT, "idioma", "language", sql="m.locale", example="es")
    yield _field(
        "member.enrolled_on",
        Type.DATE,
        "fecha de alta",
        "enrolment date",
        article="la",
        sql=f"to_char({enrolled}, 'YYYY-MM-DD')",
    )
    yield _days("member.days_since_enrolled", "el alta", "enrolment", sql=enrolled, example="30")
    month = _field(
        "member.birthday_month",
        Type.NUMBER,
        "mes de cumpleaños",
        "birthday month",
        sql="extract(month FROM m.birthday)::integer",
        example="5",
    )
    yield replace(month, calendar="month")
    yield _field(
        "member.age",
        Type.NUMBER,
        "edad",
        "age",
        article="la",
        sql="(extract(year FROM %(today)s::date)::integer - extract(year FROM m.birthday)::integer"
        " - (%(today_month_day)s::text < to_char(m.birthday, 'MMDD'))::integer)",
        example="18",
    )
    yield _flag(
        "member.email_verified",
        ("correo verificado", "el correo está verificado", "el correo no está verificado"),
        ("e-mail verified", "the e-mail is verified", "the e-mail is not verified"),
        sql="(m.email_verified_at IS NOT NULL)",
        empty=False,
    )
    yield _flag(
        "member.phone_verified",
        ("teléfono verificado", "el teléfono está verificado", "el teléfono no está verificado"),
        ("phone verified", "the phone is verified", "the phone is not verified"),
        sql="(m.phone_verified_at IS NOT NULL)",
        empty=False,
    )
    yield _field(
        "member.segments",
        Type.LIST,
        "segmentos",
        "segments",
        article="los",
        empty=(),
        example="vip",
        # The compiler puts the condition on `s.segment` in place of the braces.
        sql="EXISTS (SELECT FROM segment_member s WHERE s.program_id = m.program_id AND s.member_id = m.id"
        " AND s.segment = {})",
    )
    yield _field(
        "member.orders",
        Type.NUMBER,
        "pedidos",
        "orders",
        article="los",
        one=("pedido", "order"),
        sql=_TOTAL.format("orders"),
        empty=0,
        example="0",
    )
    yield _field(
        "member.items",
        Type.NUMBER,
        "artículos comprados",
        "items bought",
        article="los",
        one=("artículo comprado", "item bought"),
        sql=_TOTAL.format("items"),
        empty=0,
    )
    yield _money("member.spend", "gasto", "spend", currency, money_scale, sql=_TOTAL.format("spend"), empty=0)
    yield _money(
        "member.average_order",
        "pedido medio",
        "average order",
        currency,
        money_scale,
        sql=f"({_TOTAL.format('spend')} / nullif({_TOTAL.format('orders')}, 0))",
    )
    yield _days("member.days_since_first_order", "el primer pedido", "the first order", sql=first)
    yield _days("member.days_since_last_order", "el último pedido", "the last order", sql=last, example="90")


def _money(
    name: str, es: str, en: str, currency: str, scale: int, *, sql: str | None = None, empty: FactValue = None
) -> Field:
    return Field(
        name=name,
        type=Type.MONEY,
        scope=Scope(name.split(".", maxsplit=1)[0]),
        labels={"es": es, "en": en},
        subject={"es": f"el {es}", "en": f"the {en}"},
        sql=sql,
        empty=empty,
        currency=currency,
        scale=scale,
        example=f"100{'.' if scale else ''}{'0' * scale} {currency}",
    )


def tier_fields(ladders: Mapping[str, Sequence[str]]) -> Iterator[Field]:
    """Yield the tier held on each ladder; `member.tier` is that of the first."""
    for position, (ladder, tiers) in enumerate(ladders.items()):
        sql = _tier_sql(ladder, tiers)
        names = (f"member.tiers.{ladder}", *(("member.tier",) if position == 0 else ()))
        for name in names:
            only = name == "member.tier"
            yield Field(
                name=name,
                type=Type.CHOICE,
                scope=Scope.MEMBER,
                labels={
                    "es": "nivel" if only else f"nivel en {ladder}",
                    "en": "tier" if only else f"tier in {ladder}",
                },
                subject={
                    "es": "el nivel" if only else f"el nivel en {ladder}",
                    "en": "the tier" if only else f"the tier in {ladder}",
                },
                sql=sql,
                choices=tuple(tiers),
                empty=tiers[0],
                example=tiers[-1],
            )


def _tier_sql(ladder: str, tiers: Sequence[str]) -> str:
    """Return the tier in effect: the earned one (`t`), or that given by hand (`f`, through the day before `u`)."""
    standing = f"h.running->'tiers'->'{ladder}'"
    earned = f"coalesce({standing}->>'t', '{tiers[0]}')"
    given = (
        f"(CASE WHEN {standing}->'f'->>'u' IS NULL OR %(today)s::date < ({standing}->'f'->>'u')::date"
        f" THEN {standing}->'f'->>'t' END)"
    )
    ladder_sql = "ARRAY[{}]::text[]".format(", ".join(f"'{tier}'" for tier in tiers))
    # A tier that the ladder no longer has counts as the lowest.
    ranks = [f"coalesce(array_position({ladder_sql}, {tier}), 1)" for tier in (given, earned)]
    return f"(CASE WHEN {ranks[0]} > {ranks[1]} THEN {given} ELSE {earned} END)"


def wallet_fields(wallets: Mapping[str, WalletField], money_scales: Mapping[str, int]) -> Iterator[Field]:
    """Yield balance and lifetime totals per wallet: what is available, was earned, was spent."""
    for wallet_id, wallet in wallets.items():
        money = wallet.currency is not None
        shown = {locale: wallet.labels.get(locale, wallet_id) for locale in ("es", "en")}
        for verb, es, en, article, sql in (
            ("points", "saldo de", "balance of", ("el", "the"), _balance(wallet)),
            ("earned", "ganado en", "earned in", ("lo", "what was"), _wallet_total("earned", wallet_id)),
            ("spent", "gastado en", "spent in", ("lo", "what was"), _wallet_total("spent", wallet_id)),
        ):
            yield Field(
                name=f"member.{verb}.{wallet_id}",
                type=Type.MONEY if money else Type.NUMBER,
                scope=Scope.MEMBER,
                labels={"es": f"{es} {shown['es']}", "en": f"{en} {shown['en']}"},
                subject={"es": f"{article[0]} {es} {shown['es']}", "en": f"{article[1]} {en} {shown['en']}"},
                sql=sql,
                empty=0,
                currency=wallet.currency,
                scale=money_scales[wallet.currency] if wallet.currency else wallet.scale,
                example=f"5 {wallet.currency}" if money else "100",
            )


def _balance(wallet: WalletField) -> str:
    own = f"coalesce(h.available[{wallet.ordinal + 1}], 0)"
    if not wallet.shared:
        return own
    # With it the pool's: what she had before she joined is her own until her next event.
    pooled = _POOLED.format(wallet.ordinal + 1)
    return f"({own} + coalesce({pooled}, 0))"


def _wallet_total(verb: str, wallet: str) -> str:
    return f"coalesce((h.running->'totals'->'{verb}'->>'{wallet}')::bigint, 0)"


def order_fields(currency: str, scale: int) -> Iterator[Field]:
    """Yield what an order and its lines say."""
    for name, es, en in (
        ("net", "importe neto", "net amount"),
        ("subtotal", "subtotal", "subtotal"),
        ("total", "total", "total"),
        ("net_cash", "importe pagado en dinero", "amount paid in money"),
    ):
        yield _money(f"order.{name}", f"{es} del pedido", f"order {en}", currency, scale)
    for name, es, en, one in (
        ("items", "artículos en el pedido", "items in the order", ("artículo en el pedido", "item in the order")),
        ("line_count", "líneas en el pedido", "lines in the order", ("línea en el pedido", "line in the order")),
        ("coupon_count", "cupones usados", "coupons used", ("cupón usado", "coupon used")),
    ):
        yield _field(f"order.{name}", Type.NUMBER, es, en, article="los", one=one, example="1")
    yield _field("order.hour", Type.NUMBER, "hora del pedido", "hour of the order", article="la", example="18")
    weekday = _field("order.weekday", Type.NUMBER, "día de la semana del pedido", "weekday of the order", example="1")
    yield replace(weekday, calendar="weekday")
    for name, es, en, article in (
        ("channel", "canal", "channel", "el"),
        ("store", "tienda", "store", "la"),
        ("currency", "moneda del pedido", "order currency", "la"),
        ("source", "origen del pedido", "order source", "el"),
    ):
        yield _field(f"order.{name}", Type.TEXT, es, en, article=article)
    yield _field("order.tags", Type.LIST, "etiquetas del pedido", "order tags", article="las")
    for name, es, en, article in (
        ("product", "producto", "product", "el"),
        ("category", "categoría", "category", "la"),
        ("brand", "marca", "brand", "la"),
    ):
        yield _field(f"line.{name}", Type.TEXT, es, en, article=article)
    yield _field("line.tags", Type.LIST, "etiquetas del producto", "product tags", article="las")
    yield _field("line.quantity", Type.NUMBER, "cantidad", "quantity", article="la", example="2")
    yield _money("line.net", "importe neto de la línea", "line net amount", currency, scale)
    yield _money("line.amount", "importe de la línea", "line amount", currency, scale)
    yield _flag(
        "line.gift_card",
        ("tarjeta regalo", "es una tarjeta regalo", "no es una tarjeta regalo"),
        ("gift card", "it is a gift card", "it is not a gift card"),
    )


def order_labels(labels: Labels, name: str) -> Labels:
    """Return the labels with the bare name where one is missing."""
    return {locale: labels.get(locale, name.replace("_", " ")) for locale in {*labels, "es", "en"}}
