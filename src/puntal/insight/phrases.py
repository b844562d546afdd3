"""What each figure is, in a sentence: its formula, as reports show it."""

from __future__ import annotations

from collections.abc import Mapping

FORMULAS: Mapping[str, Mapping[str, str]] = {
    "members": {
        "en": "Who had joined by the end of the period and has not left",
        "es": "Quienes se habían unido al final del periodo y no se han ido",
    },
    "new_members": {
        "en": "Members who joined in the period",
        "es": "Miembros que se unieron en el periodo",
    },
    "active_members": {
        "en": "Members who bought, earned or redeemed in the period",
        "es": "Miembros que compraron, ganaron o canjearon en el periodo",
    },
    "active_rate": {
        "en": "Active members ÷ members",
        "es": "Miembros activos ÷ miembros",
    },
    "participating_members": {
        "en": "Members who earned or redeemed in the period",
        "es": "Miembros que ganaron o canjearon en el periodo",
    },
    "participation_rate": {
        "en": "Members who earned or redeemed ÷ members",
        "es": "Miembros que ganaron o canjearon ÷ miembros",
    },
    "orders": {
        "en": "Orders that earned, not cancelled and not refunded in full",
        "es": "Pedidos que sumaron, ni cancelados ni devueltos por completo",
    },
    "sales": {
        "en": "What was paid for the goods of these orders, less refunds, without shipping",
        "es": "Lo pagado por los artículos de esos pedidos, menos devoluciones, sin envío",
    },
    "average_order": {"en": "Sales ÷ orders", "es": "Ventas ÷ pedidos"},
    "member_orders": {
        "en": "Orders by members, from the day they joined on",
        "es": "Pedidos de miembros, desde el día en que se unieron",
    },
    "member_sales": {"en": "Sales of members' orders", "es": "Ventas de los pedidos de miembros"},
    "member_average_order": {
        "en": "Members' sales ÷ members' orders",
        "es": "Ventas a miembros ÷ pedidos de miembros",
    },
    "guest_orders": {
        "en": "All other orders",
        "es": "Todos los demás pedidos",
    },
    "guest_sales": {"en": "Sales of guests' orders", "es": "Ventas de los pedidos de invitados"},
    "guest_average_order": {
        "en": "Guests' sales ÷ guests' orders",
        "es": "Ventas a invitados ÷ pedidos de invitados",
    },
    "average_order_uplift": {
        "en": "(Members' average order - guests' average order) ÷ guests' average order; no proof of an effect",
        "es": "(Pedido medio de miembros - el de invitados) ÷ el de invitados; no demuestra un efecto",
    },
    "buyers": {
        "en": "Known customers with an order in the period",
        "es": "Clientes conocidos con algún pedido en el periodo",
    },
    "membership_rate": {
        "en": "Buyers who bought as members ÷ buyers",
        "es": "Compradores que compraron como miembros ÷ compradores",
    },
    "repeat_purchase_rate": {
        "en": "Orders by customers who had bought before ÷ orders by known customers",
        "es": "Pedidos de clientes que ya habían comprado ÷ pedidos de clientes conocidos",
    },
    "repeat_customer_rate": {
        "en": "Customers with two or more orders in the period ÷ customers with one or more",
        "es": "Clientes con dos o más pedidos en el periodo ÷ clientes con uno o más",
    },
    "purchase_frequency": {
        "en": "Orders by known customers ÷ these customers",
        "es": "Pedidos de clientes conocidos ÷ esos clientes",
    },
    "opening": {
        "en": "In all wallets before the period, what waits for guests included, less debt",
        "es": "En todas las carteras antes del periodo, también lo que espera a invitados, menos deudas",
    },
    "earned": {
        "en": "Given by rules in the period, less what was taken back",
        "es": "Dado por reglas en el periodo, menos lo retirado",
    },
    "spent": {
        "en": "Redeemed or paid with in the period, less what was given back",
        "es": "Canjeado o usado para pagar en el periodo, menos lo devuelto",
    },
    "expired": {"en": "Expired in the period", "es": "Caducado en el periodo"},
    "other": {
        "en": "Imports, adjustments, loads, conversions and gifts in the period, in less out",
        "es": "Importaciones, ajustes, recargas, conversiones y regalos del periodo, entradas menos salidas",
    },
    "closing": {
        "en": "Before + earned + other - spent - expired",
        "es": "Antes + ganado + otros - gastado - caducado",
    },
    "redemption_rate_period": {
        "en": "Redeemed in the period ÷ earned in the period",
        "es": "Canjeado en el periodo ÷ ganado en el periodo",
    },
    "redemption_rate_lifetime": {
        "en": "Ever redeemed ÷ ever earned, up to the end of the period",
        "es": "Canjeado ÷ ganado desde el principio hasta el final del periodo",
    },
    "breakage_rate": {
        "en": "Ever expired ÷ ever earned, up to the end of the period",
        "es": "Caducado ÷ ganado desde el principio hasta el final del periodo",
    },
    "influenced_orders": {
        "en": "Orders of the period that used a reward, a voucher or a campaign, each once",
        "es": "Pedidos del periodo que usaron una recompensa, un vale o una campaña, cada uno una vez",
    },
    "influenced_sales": {
        "en": "What these orders brought, less refunds",
        "es": "Lo que trajeron esos pedidos, menos devoluciones",
    },
    "incentive_cost": {
        "en": "Discounts on these orders, and what the campaigns' units are expected to cost",
        "es": "Descuentos en esos pedidos, y lo que se espera que cuesten las unidades de las campañas",
    },
    "incentive_roi": {
        "en": "(Influenced sales - incentive cost) ÷ incentive cost; sales, not margin, and not proven to be caused",
        "es": "(Ventas influidas - coste de incentivos) ÷ ese coste; ventas, no margen, sin prueba de que las causaran",
    },
    "ending_soon": {
        "en": "Members' available units that end within the next thirty days, today included",
        "es": "Unidades disponibles de miembros que caducan en los próximos treinta días, hoy incluido",
    },
    "ending_soon_rate": {
        "en": "Units that end within thirty days ÷ available units, both now",
        "es": "Unidades que caducan en treinta días ÷ unidades disponibles, ambas ahora",
    },
    "liability": {
        "en": "Members' units outstanding now, times cost per unit, times expected redemption; money paid in in full",
        "es": "Unidades de miembros pendientes ahora, por su coste, por el canje esperado; el dinero cargado, entero",
    },
}

CHURN: Mapping[str, str] = {
    "en": "Members active as the period began and silent at its end ÷ members active as it began. Silent: no purchase"
    " for more than {times} times the median of their own gaps; twice the program's where they have fewer than two",
    "es": "Miembros activos al empezar el periodo y callados al final ÷ miembros activos al empezar. Callado: sin"
    " comprar en más de {times} veces la mediana de sus intervalos; el doble de la del programa si tiene menos de dos",
}
"""Of who fell silent."""
