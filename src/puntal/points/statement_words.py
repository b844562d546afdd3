"""What statements say, in every language."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Statement",
        "date": "Date",
        "movement": "Movement",
        "reference": "Reference",
        "change": "Change",
        "balance": "Balance",
        "opening": "Opening balance",
        "closing": "Closing balance",
        "made": "Made on {date}",
        "page": "Page {page}",
        "note": "In order of recording. Amounts in brackets do not change the balance: they are on their way, "
        "or were set aside.",
    },
    "es": {
        "title": "Extracto",
        "date": "Fecha",
        "movement": "Movimiento",
        "reference": "Referencia",
        "change": "Importe",
        "balance": "Saldo",
        "opening": "Saldo inicial",
        "closing": "Saldo final",
        "made": "Emitido el {date}",
        "page": "Página {page}",
        "note": "Por orden de anotación. Los importes entre paréntesis no cambian el saldo: están pendientes "
        "o se apartaron antes.",
    },
}

KINDS: Mapping[str, Mapping[str, str]] = {
    "points.earned": {"en": "Earned", "es": "Ganado"},
    "points.activated": {"en": "Now available", "es": "Ya disponible"},
    "points.expired": {"en": "Expired", "es": "Caducado"},
    "points.cancelled": {"en": "Cancelled", "es": "Anulado"},
    "points.adjusted": {"en": "Adjusted", "es": "Ajuste"},
    "points.reversed": {"en": "Taken back for a refund", "es": "Retirado por una devolución"},
    "points.reinstated": {"en": "Given again", "es": "Repuesto"},
    "points.redeemed": {"en": "Redeemed", "es": "Canjeado"},
    "reward.credited": {"en": "Credited by a reward", "es": "Abonado por una recompensa"},
    "points.held": {"en": "Set aside", "es": "Reservado"},
    "points.released": {"en": "No longer set aside", "es": "Reserva liberada"},
    "points.returned": {"en": "Returned", "es": "Devuelto"},
    "points.restored": {"en": "Back: it had not expired", "es": "Recuperado: no había caducado"},
    "points.sent": {"en": "Given to another member", "es": "Enviado a otro miembro"},
    "points.received": {"en": "Received from another member", "es": "Recibido de otro miembro"},
    "points.converted": {"en": "Exchanged", "es": "Cambiado"},
    "points.imported": {"en": "Brought over", "es": "Traspasado"},
    "points.debt_paid": {"en": "Paid what was owed", "es": "Pago de lo debido"},
    "points.debt_moved": {"en": "Debt taken over", "es": "Deuda traspasada"},
    "points.debt_written_off": {"en": "Debt forgiven", "es": "Deuda perdonada"},
    "points.card_finished": {"en": "Full card", "es": "Tarjeta completa"},
    "points.card_voided": {"en": "Stamps returned", "es": "Sellos devueltos"},
    "money.loaded": {"en": "Loaded", "es": "Carga"},
    "money.paid": {"en": "Payment", "es": "Pago"},
    "money.refunded": {"en": "Refund of a payment", "es": "Devolución de un pago"},
    "money.credited": {"en": "Refund to the wallet", "es": "Abono en el monedero"},
    "money.paid_out": {"en": "Paid out", "es": "Reembolso"},
}
"""What each kind of transfer is called. Others are named as they are."""
