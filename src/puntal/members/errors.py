"""What members refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Faulty, Forbidden, Invalid, NotFound


class NotValid(Faulty):
    """Values about a member break a rule; `faults` names them all."""

    code = "members.not_valid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} values about the member are not valid",
        "en_one": "One value about the member is not valid",
        "es": "{count} datos del miembro no son válidos",
        "es_one": "Un dato del miembro no es válido",
    }


class UnknownMember(NotFound):
    """No member of this program has that id or identity."""

    code = "members.unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such member in this program",
        "es": "No existe ese miembro en este programa",
    }


class NoIdentity(Invalid):
    """Nobody can be recognised without an identity."""

    code = "members.no_identity"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Give at least one of e-mail, phone, card or an external id",
        "es": "Indica al menos un correo, teléfono, tarjeta o identificador externo",
    }


class ConsentMissing(Invalid):
    """Joining needs an agreement that was not given; `purposes` lists them."""

    code = "members.consent_missing"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Joining needs agreement to: {purposes}",
        "es": "Para unirse hay que aceptar: {purposes}",
    }


class NotEligible(Forbidden):
    """The program lets only people in some segments join, and this person is in none of them."""

    code = "members.not_eligible"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This program is not open to this person",
        "es": "Este programa no está abierto a esta persona",
    }


class EmailRefused(Invalid):
    """The program lets nobody join with an address of this domain; `domain` says which."""

    code = "members.email_refused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Addresses at {domain} are not accepted; use another one",
        "es": "No se aceptan direcciones de {domain}; usa otra",
    }


class SameMailbox(Conflict):
    """The address delivers to the mailbox of another member."""

    code = "members.same_mailbox"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A member already uses this mailbox",
        "es": "Un miembro ya usa este buzón",
    }


class IdentityTaken(Conflict):
    """The identity belongs to another member; `other` may be merged with this one."""

    code = "members.identity_taken"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This {kind} belongs to another member",
        "es": "Este dato ({kind}) pertenece a otro miembro",
    }


class LastIdentity(Conflict):
    """A member keeps at least one identity, or nobody could find her again."""

    code = "members.last_identity"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A member keeps at least one identity",
        "es": "Un miembro conserva al menos una forma de identificarse",
    }


class Blocked(Conflict):
    """The member is blocked and cannot join or change by herself."""

    code = "members.blocked"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This member is blocked",
        "es": "Este miembro está bloqueado",
    }


class WrongStatus(Conflict):
    """The member's present status does not allow this."""

    code = "members.wrong_status"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A member who is {status} cannot be {wanted}",
        "es": "Un miembro con estado {status} no puede pasar a {wanted}",
    }


class UnknownPool(NotFound):
    """No pool of this program has that id."""

    code = "members.unknown_pool"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such pool in this program",
        "es": "No existe ese grupo en este programa",
    }


class AlreadyPooled(Conflict):
    """A member shares with one pool at most."""

    code = "members.already_pooled"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member already belongs to a pool",
        "es": "El miembro ya pertenece a un grupo",
    }


class NotPooled(Conflict):
    """The member is in no pool."""

    code = "members.not_pooled"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member belongs to no pool",
        "es": "El miembro no pertenece a ningún grupo",
    }


class PoolFull(Conflict):
    """The pool has as many members as the program allows."""

    code = "members.pool_full"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The pool has its {most} members already",
        "es": "El grupo ya tiene sus {most} miembros",
    }


class UnknownPoolKind(Invalid):
    """The program declares no such kind of pool."""

    code = "members.unknown_pool_kind"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no pools of kind {kind}",
        "es": "El programa no tiene grupos de tipo {kind}",
    }


class ChangedMeanwhile(Conflict):
    """Somebody changed the member at the same moment; nothing was done, and trying again will work."""

    code = "members.changed_meanwhile"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member was changed at the same moment; try again",
        "es": "El miembro cambió en ese mismo momento; inténtalo de nuevo",
    }


class CannotMerge(Conflict):
    """These two cannot become one: the same member twice, or one of them left, erased or merged already."""

    code = "members.cannot_merge"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "These two members cannot be merged: {reason}",
        "es": "Estos dos miembros no se pueden fusionar: {reason}",
    }


class UnknownMerge(NotFound):
    """There is no such merge, or it was undone."""

    code = "members.unknown_merge"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such merge to undo",
        "es": "No existe esa fusión",
    }


class TooLateToUndo(Conflict):
    """A merge is undone within the program's days for it, and before either member is merged again or erased."""

    code = "members.too_late_to_undo"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This merge can no longer be undone",
        "es": "Esta fusión ya no se puede deshacer",
    }
