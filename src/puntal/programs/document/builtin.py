"""Events every program has without declaring them."""

from __future__ import annotations

from collections.abc import Mapping

PURCHASE = "purchase"
"""An order reaching the state in which the program lets it earn."""

ORDER_EVENTS = (
    PURCHASE,
    "order.created",
    "order.paid",
    "order.fulfilled",
    "order.delivered",
    "order.updated",
)
"""Events that carry an order with its lines, so `order.*` and `line.*` have values."""

BUILT_IN_EVENTS: Mapping[str, Mapping[str, str]] = {
    PURCHASE: {"en": "a purchase", "es": "una compra"},
    "order.created": {"en": "an order is placed", "es": "se hace un pedido"},
    "order.paid": {"en": "an order is paid", "es": "se paga un pedido"},
    "order.fulfilled": {"en": "an order is shipped", "es": "se envía un pedido"},
    "order.delivered": {"en": "an order is delivered", "es": "se entrega un pedido"},
    "order.updated": {"en": "an order changes", "es": "cambia un pedido"},
    "order.refunded": {"en": "an order is refunded", "es": "se reembolsa un pedido"},
    "order.refund_withdrawn": {"en": "a refund is withdrawn", "es": "se retira un reembolso"},
    "order.cancelled": {"en": "an order is cancelled", "es": "se cancela un pedido"},
    "visit": {"en": "a visit", "es": "una visita"},
    "member.enrolled": {"en": "joining", "es": "el alta"},
    "member.birthday": {"en": "the birthday", "es": "el cumpleaños"},
    "member.anniversary": {"en": "the anniversary of joining", "es": "el aniversario del alta"},
    "member.updated": {"en": "a change of the profile", "es": "un cambio en el perfil"},
    "tier.reached": {"en": "reaching a tier", "es": "alcanzar un nivel"},
    "tier.renewed": {"en": "renewing a tier", "es": "renovar un nivel"},
    "tier.lost": {"en": "losing a tier", "es": "perder un nivel"},
    "reward.redeemed": {"en": "redeeming a reward", "es": "canjear una recompensa"},
    "referral.completed": {"en": "a completed referral", "es": "una recomendación completada"},
}
"""Name to label."""
