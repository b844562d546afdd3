"""What vouchers, their codes and members' passes are refused for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class VoucherUnknown(NotFound):
    """No voucher of this program has the code, or the id."""

    code = "rewards.voucher_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such voucher; check the code for a typing error",
        "es": "No existe ese vale; revisa si el código tiene alguna errata",
    }


class VoucherUsed(Conflict):
    """Nothing of it is left."""

    code = "rewards.voucher_used"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher has been used",
        "es": "El vale ya se ha usado",
    }


class CardInactive(Conflict):
    """It was printed and is worth nothing until it is activated."""

    code = "rewards.card_inactive"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This gift card has not been activated",
        "es": "Esta tarjeta regalo no está activada",
    }


class VoucherHeld(Conflict):
    """All of it is set aside for another purchase under way."""

    code = "rewards.voucher_held"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher is being used in another purchase",
        "es": "El vale se está usando en otra compra",
    }


class VoucherExpired(Conflict):
    """Its time is over."""

    code = "rewards.voucher_expired"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher ended on {ended}",
        "es": "El vale caducó el {ended}",
    }


class VoucherEarly(Conflict):
    """Its time has not begun."""

    code = "rewards.voucher_early"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher can be used from {starts} on",
        "es": "El vale se puede usar a partir del {starts}",
    }


class VoucherVoid(Conflict):
    """It was ended by hand, by a kill switch or by a refund."""

    code = "rewards.voucher_void"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher is no longer valid",
        "es": "El vale ya no es válido",
    }


class VoucherNotYours(Conflict):
    """It belongs to another member."""

    code = "rewards.voucher_not_yours"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher belongs to another member",
        "es": "El vale pertenece a otro miembro",
    }


class VoucherNeedsMember(Conflict):
    """It belongs to a member, and the purchase to nobody."""

    code = "rewards.voucher_needs_member"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher belongs to a member; say for whom it is used",
        "es": "El vale pertenece a un miembro; indica para quién se usa",
    }


class VoucherChannel(Conflict):
    """It cannot be used on this channel."""

    code = "rewards.voucher_channel"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher cannot be used here",
        "es": "El vale no se puede usar aquí",
    }


class VoucherTooLittle(Conflict):
    """Less is left of it than asked for."""

    code = "rewards.voucher_too_little"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Only {remaining} is left on the voucher",
        "es": "Al vale solo le queda {remaining}",
    }


class VoucherCurrency(Invalid):
    """It is worth another currency, or uses instead of money."""

    code = "rewards.voucher_currency"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher is not in {currency}",
        "es": "El vale no está en {currency}",
    }


class VoucherStopped(Conflict):
    """A kill switch stops its reward."""

    code = "rewards.voucher_stopped"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The reward is stopped at the moment",
        "es": "La recompensa está detenida en este momento",
    }


class NotTransferable(Conflict):
    """Its terms do not let it go to somebody else, or nobody has it."""

    code = "rewards.voucher_not_transferable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher cannot be given to somebody else",
        "es": "El vale no se puede pasar a otra persona",
    }


class MemberInactive(Conflict):
    """Whoever uses it is paused, blocked or gone."""

    code = "rewards.member_inactive"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member cannot use vouchers at the moment",
        "es": "El miembro no puede usar vales en este momento",
    }


class ReceiverInactive(Conflict):
    """Who would get it cannot use it: paused, blocked, gone or a guest."""

    code = "rewards.receiver_inactive"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "That member cannot receive vouchers at the moment",
        "es": "Ese miembro no puede recibir vales en este momento",
    }


class UseUnknown(NotFound):
    """Nothing was held or used under this reference."""

    code = "rewards.use_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The voucher was not used under this reference",
        "es": "El vale no se ha usado con esa referencia",
    }


class UseReused(Conflict):
    """The reference stands for another amount or member."""

    code = "rewards.use_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This reference was used for the voucher with other words",
        "es": "Esa referencia ya se usó para el vale con otros datos",
    }


class UseEnded(Conflict):
    """What was held or used under this reference was given back."""

    code = "rewards.use_ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "What was set aside under this reference has been let go",
        "es": "Lo apartado con esa referencia se ha liberado",
    }


class GuessesExceeded(TooMany):
    """Too many codes that are nobody's were asked for."""

    code = "rewards.too_many_guesses"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Too many unknown codes; try again in {retry_after_seconds} seconds",
        "es": "Demasiados códigos desconocidos; inténtalo de nuevo en {retry_after_seconds} segundos",
    }


class CodesTooShort(Invalid):
    """So many codes of this length would be too easy to guess."""

    code = "rewards.codes_too_short"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} codes of {length} characters are easy to guess; use {least}",
        "es": "{count} códigos de {length} caracteres se adivinan con facilidad; usa {least}",
    }


class CodesGone(Conflict):
    """The pool has no code left to hand out."""

    code = "rewards.codes_gone"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "No code is left to hand out",
        "es": "No quedan códigos por entregar",
    }


class BatchUnknown(NotFound):
    """No batch of this program has the id."""

    code = "rewards.batch_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such batch of vouchers",
        "es": "No existe ese lote de vales",
    }


class BatchClosed(Conflict):
    """Codes cannot be added: they are generated, or the batch is void."""

    code = "rewards.batch_closed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Codes can only be added to a batch that is imported and not void",
        "es": "Solo se pueden añadir códigos a un lote importado que no esté anulado",
    }


class RewardHasNoVouchers(Invalid):
    """The program has no such reward."""

    code = "rewards.voucher_reward_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no reward '{reward}'",
        "es": "El programa no tiene la recompensa '{reward}'",
    }


class FileUnreadable(Invalid):
    """The file has no column `code`, or is no CSV at all."""

    code = "rewards.file_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The file must be CSV in UTF-8 with a first line that names a column 'code'",
        "es": "El fichero debe ser CSV en UTF-8 con una primera línea que nombre una columna 'code'",
    }


class NoBarcode(Invalid):
    """The code has characters that this kind of barcode cannot show."""

    code = "rewards.no_barcode"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This code cannot be shown as a barcode of kind '{kind}'",
        "es": "Este código no se puede mostrar como código de barras de tipo '{kind}'",
    }


class PassKeyUnreadable(Conflict):
    """What signs passes was sealed by a key that this server was not given."""

    code = "rewards.pass_key_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This server lacks the key to what signs member passes; bring it back, or sign with a new key at once",
        "es": "A este servidor le falta la clave de lo que firma los pases; recupérala o firma ya con una clave nueva",
    }


class PassInvalid(Forbidden):
    """Not a pass of this program."""

    code = "rewards.pass_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This is not a valid member pass",
        "es": "Este no es un pase de miembro válido",
    }


class PassEnded(Forbidden):
    """Its seconds are over."""

    code = "rewards.pass_ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The pass has run out; show a fresh one",
        "es": "El pase ha caducado; muestra uno nuevo",
    }


class PassUsed(Forbidden):
    """It was shown before."""

    code = "rewards.pass_used"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The pass was shown before; show a fresh one",
        "es": "El pase ya se mostró antes; muestra uno nuevo",
    }
