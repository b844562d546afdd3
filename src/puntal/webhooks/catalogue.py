"""The kinds an endpoint can ask for, each with a sentence and an example. Pure.

A slice that writes a new kind into the outbox adds a line here; a test finds the ones that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from puntal.outbox.model import Happening
from puntal.webhooks.model import TEST_KIND, PayloadShape
from puntal.webhooks.policy import body

_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
_ID = UUID("019cae3e-1a00-7000-8000-000000000001")
_ANNA = UUID("019c0000-0000-7000-8000-00000000a77a")
_BEN = "019c0000-0000-7000-8000-0000000000be"
_MERGE = "019cae3e-1a00-7000-8000-000000000002"
_POOL = "019cae3e-1a00-7000-8000-000000000003"

_DECIDED: Mapping[str, Any] = {
    "event": "order-1001-paid",
    "type": "order.paid",
    "outcome": {"status": "decided", "reasons": [["base", "earned", 250, 0, 250, 250, None]]},
}
_FALLEN: Mapping[str, Any] = {"ladder": "status", "from": "gold", "to": "silver"}
_RISEN: Mapping[str, Any] = {"ladder": "status", "from": "silver", "to": "gold"}
_KEPT: Mapping[str, Any] = {"ladder": "status", "from": "gold", "to": "gold"}
_BECAUSE: Mapping[str, Any] = {"from": "active", "reason": "asked by phone"}

_MONEY: Mapping[str, Any] = {
    "wallet": "monedero",
    "currency": "EUR",
    "amount": 2500,
    "reference": "order-1001",
    "order": None,
    "available": 4000,
}

_VOUCHER: Mapping[str, Any] = {
    "voucher_id": _POOL,
    "reward": "five_euro",
    "ending": "7KX",
    "remaining": 1,
    "currency": None,
    "ends_at": "2026-04-01T22:00:00Z",
    "batch_id": None,
    "cause": None,
}

_REDEMPTION: Mapping[str, Any] = {
    "redemption": _MERGE,
    "reward": "five_euro",
    "kind": "amount_off",
    "state": "held",
    "portions": 1,
    "wallet": "points",
    "units": 500,
    "discount_minor": 500,
    "currency": "EUR",
    "order": None,
}


_GOAL: Mapping[str, Any] = {
    "goal": _MERGE,
    "name": "A thousand new members",
    "metric": "new_members",
    "wallet": None,
    "percent": 80,
    "pace": "on_track",
    "days_left": 12,
    "through": "2026-03-31",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of happening.

    Attributes:
        texts: What it means, by language.
        payload: An example of what is said beside the envelope.
        of_member: Whether it is about one member.
    """

    texts: Mapping[str, str]
    payload: Mapping[str, Any]
    of_member: bool = True


def _kind(en: str, es: str, payload: Mapping[str, Any] | None = None, *, of_member: bool = True) -> Kind:
    return Kind(texts={"en": en, "es": es}, payload=payload or {}, of_member=of_member)


KINDS: Mapping[str, Kind] = {
    TEST_KIND: _kind(
        "Somebody asked to test the endpoint",
        "Alguien pidió probar el destino",
        {"message": "If you can verify this signature, your endpoint is ready.", "endpoint_id": _POOL},
        of_member=False,
    ),
    "member.enrolled": _kind(
        "A member joined", "Un miembro se dio de alta", {"claimed": False, "referrer_id": _BEN, "warnings": []}
    ),
    "member.rejoined": _kind(
        "A member who had left joined again",
        "Un miembro que se había dado de baja volvió",
        {"claimed": False, "referrer_id": None, "warnings": []},
    ),
    "member.claimed": _kind(
        "A guest joined, and keeps what was earned before",
        "Un invitado se dio de alta; lo que había ganado es suyo",
    ),
    "member.updated": _kind("A profile changed", "Cambió un perfil", {"changed": ["locale", "name"]}),
    "member.consented": _kind(
        "A member gave or withdrew a consent",
        "Un miembro dio o retiró un consentimiento",
        {"consents": [{"purpose": "marketing", "channel": "email", "given": True}]},
    ),
    "member.identified": _kind(
        "A member can be recognised by more", "Un miembro se reconoce por algo más", {"kinds": ["email"]}
    ),
    "member.identity_removed": _kind(
        "An identity of a member was removed", "Se quitó una identidad de un miembro", {"kind": "phone"}
    ),
    "member.verified": _kind(
        "A member verified an address", "Un miembro demostró que una dirección es suya", {"kind": "email"}
    ),
    "member.resumed": _kind("A member is active again", "Un miembro vuelve a estar activo", _BECAUSE),
    "member.paused": _kind("A member was paused", "Un miembro quedó en pausa", _BECAUSE),
    "member.blocked": _kind("A member was blocked", "Un miembro quedó bloqueado", _BECAUSE),
    "member.left": _kind("A member left", "Un miembro se dio de baja", _BECAUSE),
    "member.erased": _kind("A member was erased", "Se borraron los datos de un miembro"),
    "member.merged": _kind(
        "Another record was merged into this member",
        "Otra ficha se fusionó con este miembro",
        {"merge_id": _MERGE, "merged_id": _BEN},
    ),
    "member.parted": _kind("A merge was undone", "Se deshizo una fusión", {"merge_id": _MERGE}),
    "member.pooled": _kind("A member joined a household", "Un miembro entró en un hogar", {"pool_id": _POOL}),
    "member.unpooled": _kind("A member left a household", "Un miembro salió de un hogar", {"pool_id": _POOL}),
    "members.imported": _kind(
        "A file of members was taken in",
        "Se importó un fichero de miembros",
        {"created": 980, "claimed": 12, "known": 7, "refused": 1},
        of_member=False,
    ),
    "event.decided": _kind("An event was decided", "Se decidió un evento", _DECIDED),
    "points.earned": _kind("A member earned points", "Un miembro ganó puntos", _DECIDED),
    "points.reversed": _kind(
        "Points were taken back, after a refund for instance",
        "Se retiraron puntos, por ejemplo tras un reembolso",
        {**_DECIDED, "event": "refund-7", "type": "order.refunded"},
    ),
    "tier.reached": _kind("A member reached a tier", "Un miembro alcanzó un nivel", {**_DECIDED, **_RISEN}),
    "tier.renewed": _kind("A member renewed a tier", "Un miembro renovó un nivel", {**_DECIDED, **_KEPT}),
    "tier.lost": _kind("A member lost a tier", "Un miembro perdió un nivel", {**_DECIDED, **_FALLEN}),
    "tier.upgraded": _kind(
        "Staff or an import raised a tier", "El equipo o una importación subió un nivel", {**_RISEN, "reason": "floor"}
    ),
    "tier.downgraded": _kind(
        "A tier given by staff ended", "Terminó un nivel dado por el equipo", {**_FALLEN, "reason": "floor_ended"}
    ),
    "tier.changed": _kind(
        "A tier changed in the nightly run", "Un nivel cambió en el proceso nocturno", {**_FALLEN, "reason": "fallen"}
    ),
    "tier.ending": _kind(
        "A tier is about to end",
        "Un nivel está a punto de terminar",
        {"ladder": "status", "tier": "gold", "to_tier": "silver", "missing": 12000, "until": "2027-01-01"},
    ),
    "points.expiring": _kind(
        "Points are about to end",
        "Unos puntos están a punto de caducar",
        {"wallet": "points", "amount": 250, "ends_on": "2026-04-01", "in": "30 days"},
    ),
    "money.loaded": _kind("Money came into a wallet", "Entró dinero en un monedero", _MONEY),
    "money.paid": _kind(
        "A member paid with money of the wallet", "Un miembro pagó con su dinero", {**_MONEY, "order": "shop:1001"}
    ),
    "money.refunded": _kind("Money went back into a wallet", "Volvió dinero a un monedero", _MONEY),
    "money.sent": _kind("A member gave money to another", "Un miembro dio dinero a otro", _MONEY),
    "money.paid_out": _kind(
        "Paid-in money was given back", "Se devolvió el dinero cargado", {**_MONEY, "available": 0}
    ),
    "redemption.held": _kind("A member holds a reward", "Un miembro reserva una recompensa", _REDEMPTION),
    "redemption.committed": _kind(
        "A member redeemed a reward", "Un miembro canjeó una recompensa", {**_REDEMPTION, "state": "committed"}
    ),
    "redemption.cancelled": _kind(
        "A redemption was cancelled; what it took is back",
        "Se canceló un canje; lo que tomó vuelve",
        {**_REDEMPTION, "state": "cancelled"},
    ),
    "redemption.lapsed": _kind(
        "A hold, or what was redeemed, ended unused",
        "Una reserva o un canje acabó sin usar",
        {**_REDEMPTION, "state": "lapsed"},
    ),
    "redemption.voided": _kind(
        "A redemption was voided by a kill switch",
        "Un interruptor de emergencia anuló un canje",
        {**_REDEMPTION, "state": "voided"},
    ),
    "redemption.returned": _kind(
        "Part of what a redemption cost came back with a refund",
        "Parte de lo que costó un canje volvió con un reembolso",
        {**_REDEMPTION, "state": "committed"},
    ),
    "redemption.fulfilment": _kind(
        "The delivery of a redemption went on", "Avanzó la entrega de un canje", {**_REDEMPTION, "state": "committed"}
    ),
    "reward.place_free": _kind(
        "A place came free for a member who waits",
        "Quedó libre una plaza para un miembro en espera",
        {"reward": "wine_evening", "session": "may"},
    ),
    "kill_switch.set": _kind(
        "Something was switched off",
        "Se desactivó algo",
        {
            "id": _POOL,
            "target_kind": "reward",
            "target_id": "five_euro",
            "mode": "stop_and_void",
            "reason": "wrong price",
        },
        of_member=False,
    ),
    "gift_card.sold": _kind(
        "A gift card was sold",
        "Se vendió una tarjeta regalo",
        {
            **_VOUCHER,
            "reward": "gift_card",
            "remaining": 5000,
            "currency": "EUR",
            "reference": "sale-1001",
            "amount": 5000,
            "order": "shop:1001",
            "line": "3",
        },
    ),
    "gift_card.not_sold": _kind(
        "A line of an order could not sell its gift cards",
        "Una línea de un pedido no pudo vender sus tarjetas regalo",
        {"order": "shop:1001", "line": "3", "currency": None, "reason": "card_amount", "count": 2},
        of_member=False,
    ),
    "gift_card.returned": _kind(
        "A gift card, or part of it, went back with a refund of the line that sold it",
        "Una tarjeta regalo o parte de ella volvió con un reembolso de la línea que la vendió",
        {
            **_VOUCHER,
            "reward": "gift_card",
            "remaining": 0,
            "currency": "EUR",
            "amount": 5000,
            "order": "shop:1001",
            "line": "3",
        },
    ),
    "gift_card.not_returned": _kind(
        "A line was refunded whose gift cards were used: so much is not taken back",
        "Se reembolsó una línea cuyas tarjetas regalo se usaron: eso no se retira",
        {"order": "shop:1001", "line": "3", "currency": "EUR", "amount": 1500},
        of_member=False,
    ),
    "gift_card.paid_out": _kind(
        "What was left of a gift card was given back",
        "Se devolvió lo que quedaba de una tarjeta regalo",
        {
            **_VOUCHER,
            "reward": "gift_card",
            "remaining": 3500,
            "currency": "EUR",
            "reference": "return-7",
            "amount": 3500,
        },
    ),
    "voucher.issued": _kind("A voucher was issued", "Se emitió un vale", _VOUCHER),
    "voucher.owed": _kind(
        "A member is to get a partner's code, and its pool is empty: import codes",
        "A un miembro le toca un código de un socio comercial y no quedan: importa códigos",
        {"reward": "cinema", "pool": "cinema_codes", "cause": _MERGE},
    ),
    "voucher.used": _kind(
        "A voucher, or part of it, was used",
        "Se usó un vale o una parte de él",
        {**_VOUCHER, "remaining": 0, "reference": "order-1001", "amount": 1},
    ),
    "voucher.released": _kind(
        "A voucher that was set aside or used was given back",
        "Se devolvió un vale apartado o usado",
        {**_VOUCHER, "reference": "order-1001", "amount": 1},
    ),
    "voucher.transferred": _kind(
        "A member passed a voucher on", "Un miembro pasó un vale a otro", {**_VOUCHER, "giver_id": _BEN}
    ),
    "voucher.expiring": _kind(
        "A voucher is about to end",
        "Un vale está a punto de caducar",
        {
            "voucher_id": _POOL,
            "reward": "five_euro",
            "ending": "7KX",
            "remaining": 1,
            "currency": None,
            "ends_on": "2026-04-01",
            "in": "7 days",
        },
    ),
    "voucher.expired": _kind("A voucher ended unused", "Un vale caducó sin usarse", {**_VOUCHER, "because": "expired"}),
    "voucher.void": _kind(
        "A voucher was voided by staff, a kill switch or a refund",
        "El equipo, un interruptor o un reembolso anuló un vale",
        {**_VOUCHER, "because": "switch"},
    ),
    "vouchers.generated": _kind(
        "A batch of codes is complete",
        "Un lote de códigos está completo",
        {"batch_id": _POOL, "count": 1000000},
        of_member=False,
    ),
    "vouchers.imported": _kind(
        "A file of codes was taken in",
        "Se importó un fichero de códigos",
        {"batch_id": _POOL, "taken": 980, "known": 12, "refused": 8},
        of_member=False,
    ),
    "vouchers.low": _kind(
        "Few codes of a batch are left to hand out",
        "Quedan pocos códigos de un lote por entregar",
        {"batch_id": _POOL, "left": 99},
        of_member=False,
    ),
    "program.published": _kind(
        "A revision of the program was published",
        "Se publicó una revisión del programa",
        {"revision": 4, "note": "Spring"},
        of_member=False,
    ),
    "segment.entered": _kind("A member entered a segment", "Un miembro entró en un segmento", {"segment": "vip"}),
    "segment.left": _kind("A member left a segment", "Un miembro salió de un segmento", {"segment": "vip"}),
    "history.awarded": _kind(
        "A rule was awarded for orders of the past",
        "Se aplicó una regla a pedidos del pasado",
        {"rule": "purchases", "orders": 1200, "points": {"points": 48000}},
        of_member=False,
    ),
    "budget.alert": _kind(
        "A budget reached one of its marks",
        "Un presupuesto llegó a uno de sus avisos",
        {"budget": "spring", "measure": "points", "period_start": "2026-03-01", "used": 8000, "most": 10000},
        of_member=False,
    ),
    "goal.progressed": _kind(
        "A goal reached 50, 80 or 100 percent", "Un objetivo llegó al 50, 80 o 100 por ciento", _GOAL, of_member=False
    ),
    "goal.behind": _kind(
        "A goal is behind its pace, told once a week",
        "Un objetivo va con retraso, se avisa una vez por semana",
        {**_GOAL, "pace": "behind"},
        of_member=False,
    ),
    "goal.missed": _kind(
        "A goal was missed", "No se alcanzó un objetivo", {**_GOAL, "pace": "missed", "days_left": 0}, of_member=False
    ),
}


def example(kind: str, shape: PayloadShape) -> dict[str, Any]:
    """Return what an endpoint would be sent."""
    found = KINDS[kind]
    happening = Happening(
        id=_ID,
        kind=kind,
        effective_at=_AT,
        recorded_at=_AT,
        member_id=_ANNA if found.of_member else None,
        payload=found.payload,
    )
    return body(happening, shape, "tienda")
