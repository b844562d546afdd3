"""What closing a gap is worth, as formulas that people read."""

from __future__ import annotations

from collections.abc import Mapping

WORTH: Mapping[str, Mapping[str, str]] = {
    "repeat_customer_rate": {
        "en": "Extra orders = (theirs - ours) · buyers, one more each; times the average order. Sales, not margin",
        "es": "Pedidos de más = (suya - nuestra) · compradores, uno más cada uno; por el pedido medio. No es margen",
    },
    "repeat_purchase_rate": {
        "en": "Extra orders = first orders ÷ (1 - theirs) - orders now; times the average order. Sales, not margin",
        "es": "Pedidos de más = primeros pedidos ÷ (1 - suya) - pedidos de ahora; por el pedido medio. No es margen",
    },
    "purchase_frequency": {
        "en": "Extra orders = (theirs - ours) · buyers; times the average order. Sales, not margin",
        "es": "Pedidos de más = (suya - nuestra) · compradores; por el pedido medio. Ventas, no margen",
    },
    "average_order": {
        "en": "(Theirs - ours) · orders. Sales, not margin",
        "es": "(Suyo - nuestro) · pedidos. Ventas, no margen",
    },
}
