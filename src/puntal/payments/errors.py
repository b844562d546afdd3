"""What payments are refused for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound


class OverLoadLimit(Conflict):
    """More would be paid in than a member may in a window."""

    code = "payments.over_load_limit"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{room} more can be loaded now: at most {most} per {per}",
        "es": "Ahora se pueden cargar {room} más: como mucho {most} por periodo ({per})",
    }


class ReferenceReused(Conflict):
    """The reference stands for other words."""

    code = "payments.reference_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This reference was used for something else",
        "es": "Esa referencia ya se usó para otra cosa",
    }


class PaymentUnknown(NotFound):
    """Nothing was paid from the member's wallet under this reference."""

    code = "payments.unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Nothing was paid from this wallet under that reference",
        "es": "No se ha pagado nada de este monedero con esa referencia",
    }


class OverPayment(Conflict):
    """More would be given back than was paid."""

    code = "payments.over_payment"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{left} of this payment can still be given back",
        "es": "De este pago aún se pueden devolver {left}",
    }


class NotNow(Conflict):
    """The program's phase does not allow it."""

    code = "payments.phase"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program is {phase}",
        "es": "El programa no lo permite en su fase actual ({phase})",
    }


class WalletStopped(Conflict):
    """A kill switch stops the wallet or the program."""

    code = "payments.stopped"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The wallet {wallet} is stopped at the moment",
        "es": "El monedero {wallet} está detenido en este momento",
    }


class OverRoleLimit(Conflict):
    """More goodwill than the caller's role may give alone."""

    code = "payments.over_role_limit"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "At most {most} can be given as goodwill; adjust the wallet instead, and a second person is asked",
        "es": "Como gesto comercial se pueden dar hasta {most}; ajusta el monedero y se pedirá a una segunda persona",
    }


class AmountNeeded(Invalid):
    """A refund that gives no payment back says how much it is."""

    code = "payments.amount_needed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Say how much, or which payment is given back",
        "es": "Indica cuánto, o qué pago se devuelve",
    }
