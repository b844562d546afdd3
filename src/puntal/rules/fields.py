"""The built-in fields of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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


def _field(
    name: str, type_: Type, es: str, en: str, *, sql: str | None = None, empty: FactValue = None, example: str = ""
) -> Field:
    scope = Scope(name.split(".", maxsplit=1)[0])
    return Field(name=name, type=type_, scope=scope, labels={"es": es, "en": en}, sql=sql, empty=empty, example=example)


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
        sql="m.country",
        territory=True,
        example="DE",
    )
    yield _field("member.locale", Type.TEXT, "idioma", "language", sql="m.locale", example="es")
    yield _field(
        "member.enrolled_on", Type.DATE, "fecha de alta", "enrolment date", sql=f"to_char({enrolled}, 'YYYY-MM-DD')"
    )
    yield _field(
        "member.days_since_enrolled",
        Type.NUMBER,
        "días desde el alta",
        "days since enrolment",
        sql=_days_since(enrolled),
        example="30",
    )
    yield _field(
        "member.birthday_month",
        Type.NUMBER,
        "mes de cumpleaños",
        "birthday month",
        sql="extract(month FROM m.birthday)::integer",
        example="5",
    )
    yield _field(
        "member.age",
        Type.NUMBER,
        "edad",
        "age",
        sql="(extract(year FROM %(today)s::date)::integer - extract(year FROM m.birthday)::integer"
        " - (%(today_month_day)s::text < to_char(m.birthday, 'MMDD'))::integer)",
        example="18",
    )
    yield _field(
        "member.email_verified",
        Type.FLAG,
        "correo verificado",
        "e-mail verified",
        sql="(m.email_verified_at IS NOT NULL)",
        empty=False,
    )
    yield _field(
        "member.phone_verified",
        Type.FLAG,
        "teléfono verificado",
        "phone verified",
        sql="(m.phone_verified_at IS NOT NULL)",
        empty=False,
    )
    yield _field(
        "member.segments",
        Type.LIST,
        "segmentos",
        "segments",
        empty=(),
        example="vip",
        # The compiler puts the condition on `s.segment` in place of the braces.
        sql="EXISTS (SELECT FROM segment_member s WHERE s.program_id = m.program_id AND s.member_id = m.id"
        " AND s.segment = {})",
    )
    yield _field("member.orders", Type.NUMBER, "pedidos", "orders", sql=_TOTAL.format("orders"), empty=0, example="0")
    yield _field(
        "member.items", Type.NUMBER, "artículos comprados", "items bought", sql=_TOTAL.format("items"), empty=0
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
    yield _field(
        "member.days_since_first_order",
        Type.NUMBER,
        "días desde el primer pedido",
        "days since the first order",
        sql=_days_since(first),
    )
    yield _field(
        "member.days_since_last_order",
        Type.NUMBER,
        "días desde el último pedido",
        "days since the last order",
        sql=_days_since(last),
        example="90",
    )


def _money(
    name: str, es: str, en: str, currency: str, scale: int, *, sql: str | None = None, empty: FactValue = None
) -> Field:
    return Field(
        name=name,
        type=Type.MONEY,
        scope=Scope(name.split(".", maxsplit=1)[0]),
        labels={"es": es, "en": en},
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
        for verb, es, en, sql in (
            ("points", "saldo de", "balance of", _balance(wallet)),
            ("earned", "ganado en", "earned in", _wallet_total("earned", wallet_id)),
            ("spent", "gastado en", "spent in", _wallet_total("spent", wallet_id)),
        ):
            yield Field(
                name=f"member.{verb}.{wallet_id}",
                type=Type.MONEY if money else Type.NUMBER,
                scope=Scope.MEMBER,
                labels={"es": f"{es} {shown['es']}", "en": f"{en} {shown['en']}"},
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
    for name, es, en in (
        ("items", "artículos del pedido", "items in the order"),
        ("line_count", "líneas del pedido", "lines in the order"),
        ("coupon_count", "cupones usados", "coupons used"),
        ("hour", "hora del pedido", "hour of the order"),
        ("weekday", "día de la semana del pedido (1 = lunes)", "weekday of the order (1 = Monday)"),
    ):
        yield _field(f"order.{name}", Type.NUMBER, es, en, example="1")
    for name, es, en in (
        ("channel", "canal", "channel"),
        ("store", "tienda", "store"),
        ("currency", "moneda del pedido", "order currency"),
        ("source", "origen del pedido", "order source"),
    ):
        yield _field(f"order.{name}", Type.TEXT, es, en)
    yield _field("order.tags", Type.LIST, "etiquetas del pedido", "order tags")
    for name, es, en in (
        ("product", "producto", "product"),
        ("category", "categoría", "category"),
        ("brand", "marca", "brand"),
    ):
        yield _field(f"line.{name}", Type.TEXT, es, en)
    yield _field("line.tags", Type.LIST, "etiquetas del producto", "product tags")
    yield _field("line.quantity", Type.NUMBER, "cantidad", "quantity", example="2")
    yield _money("line.net", "importe neto de la línea", "line net amount", currency, scale)
    yield _money("line.amount", "importe de la línea", "line amount", currency, scale)
    yield _field("line.gift_card", Type.FLAG, "tarjeta regalo", "gift card")


def order_labels(labels: Labels, name: str) -> Labels:
    """Return the labels with the bare name where one is missing."""
    return {locale: labels.get(locale, name.replace("_", " ")) for locale in {*labels, "es", "en"}}
