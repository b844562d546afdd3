"""The noun of uploaded pictures. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Kind = Literal["png", "jpeg", "webp"]
MEDIA: dict[Kind, str] = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


class Image(Struct, frozen=True, kw_only=True):
    """A picture that was uploaded; it never changes.

    Attributes:
        digest: SHA-256 of its bytes, in hexadecimal: the same picture is kept once.
        width: In pixels, as `height`.
        added_by: As the audit log names her.
    """

    digest: str
    kind: Kind
    width: int
    height: int
    size: int
    added_at: datetime
    added_by: str

    @property
    def name(self) -> str:
        """What its address ends with."""
        return f"{self.digest}.{self.kind}"
