"""What each table of a report is, column by column, as the SQL behind it is shown with."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.insight.model_breakdowns import Table

TABLES: Mapping[Table, Mapping[str, str]] = {
    "series": {
        "en": "A row for each day, week or month: members who joined in it, orders and sales (orders that earned, not"
        " cancelled and not refunded in full; less refunds), those of members from the day they joined on and those of"
        " all others, and what was earned, spent and expired of each wallet by when it was recorded",
        "es": "Una fila por día, semana o mes: miembros que se unieron, pedidos y ventas (pedidos que sumaron, ni"
        " cancelados ni devueltos por completo; menos devoluciones), los de miembros desde que se unieron y los demás,"
        " y lo ganado, gastado y caducado de cada cartera según cuándo se registró",
    },
    "rewards": {
        "en": "Taken: redemptions of the period that were not cancelled since; by members: by how many different ones;"
        " vouchers used: uses of its vouchers in the period; paid for it: units less what went back; taken off orders:"
        " discounts of these redemptions and vouchers",
        "es": "Canjeada: canjes del periodo que no se anularon después; por miembros: por cuántos distintos; vales"
        " usados: usos de sus vales en el periodo; pagado por ella: unidades menos lo devuelto; descontado de pedidos:"
        " descuentos de esos canjes y vales",
    },
    "tiers": {
        "en": "Members who had joined by then and have not left, by the tier their last change before that moment put"
        " them in; who never changed is in the first tier. Before: as the period began; at the end: as it ended",
        "es": "Miembros que ya se habían unido y no se han ido, por el nivel en que los dejó su último cambio antes de"
        " ese momento; quien nunca cambió está en el primero. Antes: al empezar el periodo; al final: al terminarlo",
    },
    "moves": {
        "en": "Changes of tier that took effect in the period, and how many different members they moved; renewals are"
        " none",
        "es": "Cambios de nivel que surtieron efecto en el periodo y a cuántos miembros distintos movieron; renovar no"
        " cuenta",
    },
    "cohorts": {
        "en": "Members by the month in which they joined, who left since included; buyers: who of them bought in that"
        " calendar month since, from the day they joined on; rate: buyers ÷ members",
        "es": "Miembros por el mes en que se unieron, también quienes se fueron; compradores: cuántos compraron en ese"
        " mes natural, desde el día en que se unieron; tasa: compradores ÷ miembros",
    },
    "churn": {
        "en": "Members by the month in which they joined, at the end of each month since: customers are those who had"
        " bought, silent those of them whose last purchase was longer ago than {times} times the median of their own"
        " gaps (twice the program's where they have fewer than two); rate: silent ÷ customers",
        "es": "Miembros por el mes en que se unieron, al final de cada mes desde entonces: clientes son los que ya"
        " habían comprado; callados, los que no compraban desde hace más de {times} veces la mediana de sus intervalos"
        " (el doble de la del programa si tiene menos de dos); tasa: callados ÷ clientes",
    },
    "incentives": {
        "en": "Orders of the period that used it, each once, and what they brought less refunds; cost: what it took off"
        " them, and of a campaign the units it gave times cost per unit times expected redemption. Sales per cost:"
        " sales ÷ cost. One with two incentives counts for both",
        "es": "Pedidos del periodo que lo usaron, cada uno una vez, y lo que trajeron menos devoluciones; coste: lo que"
        " les descontó y, de una campaña, las unidades que dio por su coste y su canje esperado. Ventas por coste:"
        " ventas ÷ coste. El que usó dos incentivos cuenta en ambos",
    },
    "influence": {
        "en": "All orders of the period that earned, cancelled and refunded ones too, and those of them that used a"
        " reward, a voucher or a campaign, each once; sales less refunds",
        "es": "Todos los pedidos del periodo que sumaron, también cancelados y devueltos, y los que usaron una"
        " recompensa, un vale o una campaña, cada uno una vez; ventas menos devoluciones",
    },
    "budgets": {
        "en": "Used: what the counter of its present period says, which every award or redemption moves as it happens,"
        " held ones too; left: most - used; share: used ÷ most. Runs out: a forecast, the day on which the rest is used"
        " at the pace so far (used ÷ days since the period, the campaign or the program began, today included), if that"
        " is before the period ends",
        "es": "Usado: lo que dice el contador de su periodo actual, que mueve cada premio o canje al ocurrir, también"
        " los reservados; queda: máximo - usado; parte: usado ÷ máximo. Se agota: una previsión, el día en que se usa"
        " el resto al ritmo actual (usado ÷ días desde que empezó el periodo, la campaña o el programa, hoy incluido),"
        " si es antes de que acabe el periodo",
    },
    "budget_days": {
        "en": "What was used of the budget by the end of each day of its present period, as noted that night; today is"
        " so far",
        "es": "Lo usado del presupuesto al final de cada día de su periodo actual, anotado esa noche; hoy, hasta ahora",
    },
    "liability": {
        "en": "Units that members and pools have now, by state; what guests earned is no liability. Expected cost:"
        " available, pending and set aside, times cost per unit, times expected redemption, rounded once; what was paid"
        " in counts in full, debt not at all",
        "es": "Unidades que tienen ahora miembros y grupos, por estado; lo ganado por invitados no es obligación. Coste"
        " esperado: disponible, pendiente y reservado, por su coste, por el canje esperado, redondeado una vez; lo"
        " ingresado cuenta entero; la deuda, nada",
    },
    "gift_cards": {
        "en": "Cards that have not ended and what is left on them, set aside included. Expected cost: of sold cards all"
        " that is left, of given ones times the expected redemption of their wallet; codes of batches in full",
        "es": "Tarjetas que no han terminado y lo que queda en ellas, también lo reservado. Coste esperado: de las"
        " vendidas, todo; de las regaladas, por el canje esperado de su cartera; los códigos de lotes, enteros",
    },
}
