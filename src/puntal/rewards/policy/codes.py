"""Codes that people read, say and type: which characters, the check character, what was probably meant. Pure.

**Alphabet.** 23 characters that are not taken for one another in any usual typeface, on a till's display or by
telephone: of `0 O Q D`, `1 I L`, `2 Z`, `5 S`, `6 G`, `8 B`, `U V` at most one is left each, and without vowels no code
is a word.

**Check character.** The last one makes the weighted sum of all characters, prefix included, a multiple of 37, with
powers of 2 as weights. 37 is a prime above every character's value, so one wrong character changes the sum, and so
does swapping two neighbours that differ. Not every sum can be completed by a character of the alphabet: such a number
has no code, and whoever draws numbers draws another.

**Never twice.** Codes are drawn at random and a unique key in the database has the last word; whoever loses draws
again, all losers of a batch in one statement. A counter, encrypted or not, would need no second draw, but it would have
to be handed out in turn by every process, and the next code would follow from two earlier ones and the key. With twelve
characters there are 5.9e14 codes: of 1e8, about eight meet another one on their way in, and a guess finds one of them
with a chance of one in six million. `enough` refuses patterns in which a guess would hit more often than once in ten
thousand.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from puntal.rewards.errors_vouchers import CodesTooShort
from puntal.rewards.model_vouchers import LEAST_LENGTH

ALPHABET: Final = "23456789CDFHJKMNPRTVWXY"
"""What random characters and check characters are taken from."""

MOST_CHARACTERS: Final = 20
"""Of a code of ours, prefix included."""

MOST_IMPORTED: Final = 64
"""Characters of a code that was made elsewhere."""

DEFAULT_LENGTH: Final = 12
MOST_PREFIX: Final = 8
ODDS: Final = 10_000
"""At least so many codes there can be for each that there is."""

_MODULUS = 37
_BASE = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1)}
_WEIGHTS = tuple(pow(2, place, _MODULUS) for place in range(MOST_CHARACTERS))
_COMPLETING = {_VALUES[character]: character for character in ALPHABET}
_LOOK_ALIKE = str.maketrans({"0": "D", "O": "D", "Q": "D", "Z": "2", "S": "5", "G": "6", "B": "8", "U": "V"})
"""What is not in the alphabet, to the one character of it that it is taken for. `1 I L A E` are like none."""

_SEPARATORS = str.maketrans(dict.fromkeys(" \t\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212_./", ""))


class Pattern(Struct, frozen=True):
    """How the codes of a reward or batch look.

    Attributes:
        prefix: Capital letters and digits before the random part; says nothing secret.
        length: Characters after the prefix, the check character among them.
    """

    prefix: str = ""
    length: int = DEFAULT_LENGTH

    def __post_init__(self) -> None:
        """Refuse what would make codes nobody can type; the document's check says it in better words before."""
        if not LEAST_LENGTH <= self.length <= MOST_CHARACTERS - len(self.prefix):
            raise ValueError("a code has at least 6 characters after its prefix and at most 20 in all")
        if len(self.prefix) > MOST_PREFIX or not all(character in _VALUES for character in self.prefix):
            raise ValueError("a prefix is at most 8 capital letters and digits")

    @property
    def numbers(self) -> int:
        """How many numbers `write` can be asked for; somewhat more than there are codes."""
        return int(_BASE ** (self.length - 1))

    @property
    def capacity(self) -> int:
        """About how many different codes there are."""
        return self.numbers * len(ALPHABET) // _MODULUS


def enough(pattern: Pattern, count: int) -> None:
    """Do nothing where so many codes are still hard to guess.

    Raises:
        CodesTooShort: They are not; the answer says how long they have to be.
    """
    if pattern.capacity >= count * ODDS:
        return
    length = pattern.length
    while _BASE ** (length - 1) * len(ALPHABET) // _MODULUS < count * ODDS:
        length += 1
    raise CodesTooShort(count=count, length=pattern.length, least=length)


def write(pattern: Pattern, number: int) -> str | None:
    """Return the code of a number below `pattern.numbers`; None for those that have none."""
    if not 0 <= number < pattern.numbers:
        raise ValueError("there is no code of that number")
    characters = []
    for _ in range(pattern.length - 1):
        number, value = divmod(number, _BASE)
        characters.append(ALPHABET[value])
    body = pattern.prefix + "".join(characters)
    check = _COMPLETING.get(-_sum(body, 1) % _MODULUS)
    return None if check is None else body + check


def is_sound(code: str) -> bool:
    """Tell whether the check character of a canonical code is right; codes made elsewhere seldom are."""
    if not 1 < len(code) <= MOST_CHARACTERS or not all(character in _VALUES for character in code):
        return False
    return _sum(code, 0) % _MODULUS == 0


def canonical(written: str) -> str:
    """Return a code without case, spaces and hyphens: the form it is kept and found by."""
    return written.upper().translate(_SEPARATORS)


def meant(written: str) -> tuple[str, ...]:
    """Return the codes that somebody may have meant, as they are kept; the first is what she wrote.

    A prefix may hold any letter, so look-alikes are read as characters of the alphabet from every place on at which a
    prefix can end. What the check character then refuses was not meant.
    """
    plain = canonical(written)[:MOST_IMPORTED]
    found = [plain]
    if len(plain) <= MOST_CHARACTERS and not is_sound(plain):
        for end in range(min(MOST_PREFIX, len(plain)) + 1):
            read = plain[:end] + plain[end:].translate(_LOOK_ALIKE)
            if read not in found and is_sound(read):
                found.append(read)
    return tuple(found)


def printed(code: str) -> str:
    """Return a code of ours in groups of four from its end, for people; `canonical` reads it back."""
    if not is_sound(code):
        return code
    start = len(code) % 4
    groups = [code[:start]] if start else []
    return "-".join([*groups, *(code[at : at + 4] for at in range(start, len(code), 4))])


def _sum(code: str, first: int) -> int:
    """Return the weighted sum, the last character having the weight of place `first`."""
    return sum(_WEIGHTS[first + place] * _VALUES[character] for place, character in enumerate(reversed(code)))
