"""Pages of a list, by the key of the last row seen. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field

from puntal.kit.errors import Malformed

Row = TypeVar("Row")
Key = TypeVar("Key")
LAST_ID = UUID(int=2**128 - 1)
"""After every id: where a list begins that is walked backwards."""


class BadCursor(Malformed):
    """The cursor is not one we gave out for this list."""

    code = "request.bad_cursor"
    messages: ClassVar[dict[str, str]] = {
        "en": "This cursor does not belong to this list",
        "es": "Este cursor no es de esta lista",
    }


class Page(BaseModel, Generic[Row]):
    """Some rows, and how to ask for those after them."""

    items: list[Row]
    next: str | None = Field(default=None, description="Send as `cursor` for the next page; null at the end.")


def write_cursor(key: Sequence[object]) -> str:
    """Return the opaque cursor for the sort key of a row: instants, ids, texts and integers."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def read_cursor(cursor: str, shape: type[Key]) -> Key:
    """Return the sort key a cursor stands for.

    Args:
        cursor: What the caller sent back.
        shape: Its type, such as `tuple[datetime, UUID]`.

    Raises:
        BadCursor: It was not written for a key of this shape.
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=shape)
    except (binascii.Error, msgspec.DecodeError, UnicodeError) as unreadable:
        raise BadCursor from unreadable


def last_id(cursor: str | None) -> UUID | None:
    """Return the id that a list sorted by ids goes on after; None for its first page.

    Raises:
        BadCursor: The cursor is not of such a list.
    """
    return read_cursor(cursor, tuple[UUID])[0] if cursor else None


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> tuple[list[Row], str | None]:
    """Return one page of at most `limit + 1` rows that were read, and the cursor if more follow."""
    if len(rows) <= limit:
        return list(rows), None
    return list(rows[:limit]), write_cursor(key(rows[limit - 1]))
