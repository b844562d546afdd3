"""The use cases. Each joins the caller's transaction; none commits.

`recognise` is on the hot path of intake, the others serve the API and the console.
"""

from __future__ import annotations

from puntal.members.birthdays import due_between, is_due
from puntal.members.identities import normalise, region_of
from puntal.members.model import Match
from puntal.members.operations.bulk import Imported, import_many
from puntal.members.operations.changes import (
    add_identities,
    change_status,
    remove_identity,
    update_member,
    verify_identity,
)
from puntal.members.operations.clock import celebrated, due_anniversaries, due_birthdays, lapse_guests
from puntal.members.operations.consents import record_consents
from puntal.members.operations.enrolment import enrol_many
from puntal.members.operations.forgetting import forget, held_about
from puntal.members.operations.joining import admit_guests
from puntal.members.operations.merging import (
    Merge,
    MergePlan,
    lock_merge,
    merge_people,
    part_people,
    plan_merge,
    record_merge,
)
from puntal.members.operations.pools import create_pool, join_pool, leave_pool, pool_members
from puntal.members.operations.recognise import load, open_unknown, report_conflicts, resolve
from puntal.members.person import Membership

__all__ = [
    "Imported",
    "Match",
    "Membership",
    "Merge",
    "MergePlan",
    "add_identities",
    "admit_guests",
    "celebrated",
    "change_status",
    "create_pool",
    "due_anniversaries",
    "due_between",
    "due_birthdays",
    "enrol_many",
    "forget",
    "held_about",
    "import_many",
    "is_due",
    "join_pool",
    "lapse_guests",
    "leave_pool",
    "load",
    "lock_merge",
    "merge_people",
    "normalise",
    "open_unknown",
    "part_people",
    "plan_merge",
    "pool_members",
    "record_consents",
    "record_merge",
    "region_of",
    "remove_identity",
    "report_conflicts",
    "resolve",
    "update_member",
    "verify_identity",
]
