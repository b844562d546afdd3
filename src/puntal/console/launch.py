"""What is left until a program can be announced, from what is really there, and the day on which it is to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from puntal.access.model import Caller, Permission
from puntal.access.operations import audit
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction
from puntal.programs.templates import list_templates

StepId = Literal["published", "named", "rewards", "key", "order", "member", "staff", "factor"]
Asked = tuple[Permission | None, int]

STEPS: Mapping[StepId, Asked] = {
    "published": (None, 21),
    "named": (Permission.PROGRAM_READ, 21),
    "rewards": (Permission.PROGRAM_READ, 14),
    "key": (Permission.KEYS_READ, 14),
    "order": (Permission.REPORTS_READ, 7),
    "member": (Permission.MEMBERS_READ, 7),
    "staff": (Permission.STAFF_READ, 7),
    "factor": (None, 3),
}
"""What it takes to be told of a step, and how many days before the launch it is due; in the order to do them."""

READY = """
-- Locks nothing. One row: when each thing was first there; each is one entry of an index, or one of few rows.
SELECT p.launch_on, p.first_event_at,
  (SELECT min(r.published_at) FROM revision r WHERE r.program_id = %(program_id)s),
  (SELECT min(k.first_event_at) FROM api_key k
   WHERE k.organization_id = p.organization_id AND coalesce(k.program_id, %(program_id)s) = %(program_id)s
     AND p.first_event_at IS NOT NULL),
  EXISTS (SELECT FROM shop_order o WHERE o.program_id = %(program_id)s),
  (SELECT min(m.enrolled_at) FROM member m WHERE m.program_id = %(program_id)s),
  (SELECT s.created_at FROM staff s WHERE s.organization_id = p.organization_id AND s.disabled_at IS NULL
   ORDER BY s.created_at, s.id OFFSET 1 LIMIT 1),
  (SELECT f.confirmed_at FROM staff_factor f WHERE f.staff_id = %(staff_id)s),
  coalesce((SELECT r.document FROM revision r WHERE r.program_id = %(program_id)s ORDER BY r.number DESC LIMIT 1),
    p.draft)
FROM program p
WHERE p.id = %(program_id)s
"""

PLAN = """
-- Locks the program's row; nothing follows from the day.
UPDATE program SET launch_on = %(launch_on)s WHERE id = %(program_id)s
"""


class Step(Struct, frozen=True):
    """One thing to do.

    Attributes:
        done_on: Local day on which it was first there, where that is known.
        due_on: By when, where a day of launch is named and it is not done.
    """

    id: StepId
    done: bool
    done_on: date | None = None
    due_on: date | None = None


class Launch(Struct, frozen=True):
    """The way to the announcement.

    Attributes:
        launch_on: Local day, where somebody named one.
    """

    launch_on: date | None
    steps: tuple[Step, ...]


async def show(tx: Transaction, program_id: int, caller: Caller) -> Launch:
    """Return what is done and what is left, as far as the caller may know."""
    row = await (await tx.execute(READY, {"program_id": program_id, "staff_id": caller.id})).fetchone()
    assert row is not None, "the program was asked for"
    launch_on, first_event, published, heard, ordered, enrolled, colleague, factor, document = row
    document = document or {}
    zone = ZoneInfo(document.get("timezone", "UTC"))
    ready: dict[StepId, tuple[bool, datetime | None]] = {
        "published": (published is not None, published),
        "named": (_is_named(document), None),
        "rewards": (bool(document.get("rewards")), None),
        "key": (heard is not None, heard),
        "order": (ordered, first_event if ordered else None),
        "member": (enrolled is not None, enrolled),
        "staff": (colleague is not None, colleague),
        "factor": (factor is not None, factor),
    }
    steps = []
    for id, (needs, before) in STEPS.items():
        if (needs is not None and needs not in caller.permissions) or (id == "factor" and caller.kind != "staff"):
            continue
        done, at = ready[id]
        due = None if done or launch_on is None else launch_on - timedelta(days=before)
        steps.append(Step(id, done, None if at is None else local_day(zone, at), due))
    return Launch(launch_on, tuple(steps))


async def plan(tx: Transaction, program_id: int, launch_on: date | None, *, by: str, now: datetime) -> None:
    """Name the day on which the program is announced, or none; a second call changes nothing."""
    await tx.execute(PLAN, {"program_id": program_id, "launch_on": launch_on})
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action="program.launch_planned",
        subject="program",
        actor=by,
        now=now,
        detail={"launch_on": None if launch_on is None else launch_on.isoformat()},
    )


def _is_named(document: Mapping[str, Any]) -> bool:
    """Tell whether a document has a name of its own, and not its template's."""
    return document.get("name") not in [dict(each.name) for each in list_templates()]
