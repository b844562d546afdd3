"""What the till refuses, beside what rewards, vouchers, orders and carts do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, NotFound


class NoStore(Forbidden):
    """Whatever is done at a till is somebody's, at a store; this key says neither or only one."""

    code = "till.no_store"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The till takes keys of staff who work at a store",
        "es": "La caja admite claves de personal asignado a una tienda",
    }


class UnknownAction(NotFound):
    """Nothing was done under the id, or it was at another store: the same answer on purpose."""

    code = "till.action_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Nothing was done at this store under that id",
        "es": "En esta tienda no se hizo nada con ese id",
    }


class ActionIdReused(Conflict):
    """The id stands for something else that was done."""

    code = "till.id_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Something else was done under the id {id}",
        "es": "Con el id {id} se hizo otra cosa",
    }


class NotOwnAction(Forbidden):
    """Only whoever did something at the till undoes it there."""

    code = "till.not_own"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Somebody else did this, and only that person can undo it",
        "es": "Lo hizo otra persona; solo ella puede deshacerlo",
    }


class UndoTooLate(Conflict):
    """The time for undoing it is over; staff of the office still can."""

    code = "till.undo_too_late"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "It could be undone until {until}",
        "es": "Se podía deshacer hasta {until}",
    }


class ActionUndone(Conflict):
    """It was undone before, so it cannot be committed any more."""

    code = "till.undone"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This was undone",
        "es": "Esto se deshizo",
    }


class HoldNotHere(Conflict):
    """A sale can only name what was held, or redeemed, for its member at this store, and not undone."""

    code = "till.hold_not_here"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The redemption {redemption} is not one that this sale can use",
        "es": "Esta venta no puede usar el canje {redemption}",
    }


class NobodyMeant(NotFound):
    """What was scanned or typed is nobody's."""

    code = "till.nobody"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Nobody here is meant by what was scanned",
        "es": "Lo escaneado no corresponde a nadie",
    }


class InFuture(Invalid):
    """It says it happened when it has not come to be yet: the till's clock is wrong."""

    code = "till.in_future"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This time has not come yet; it is {now}",
        "es": "Ese momento aún no ha llegado; son las {now}",
    }
