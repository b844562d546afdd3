"""What the sums of days were made for, and how far they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class RollupState(Struct, frozen=True):
    """Where the sums of a program stand.

    Attributes:
        version: Goes up whenever they change.
        zone: Of the program as they were made; so `clock_offset_seconds` and `campaigns`, which names each rule that is
            a campaign's. Where one of them differs now, the sums are made anew and nobody reads them meanwhile.
        built_to: The last person of the first building; None: everybody is in.
        real_from: What was recorded before is in the sums, of events, whose time of recording is real; so
            `program_from` of all else.
        flows_to: Transfers recorded before this midnight are in the flows of days.
    """

    version: int
    zone: str
    clock_offset_seconds: int
    campaigns: str
    built_to: UUID | None
    real_from: datetime
    program_from: datetime
    flows_to: datetime | None
