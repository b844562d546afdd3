"""Reading members: lists, identities, consents, pools."""

from __future__ import annotations

from puntal.members.queries.calling import Called, called
from puntal.members.queries.checks import dangling
from puntal.members.queries.clock import born_on, joined_within, waiting_guests
from puntal.members.queries.consents import consents
from puntal.members.queries.identities import identities, mailboxes, names, names_for
from puntal.members.queries.lists import (
    Listed,
    known_as,
    list_guests,
    list_members,
    search_emails,
    search_names,
)
from puntal.members.queries.merging import Candidate, merge_candidates, redirected_to
from puntal.members.queries.pools import Pooled, pool_members, pools_of

__all__ = [
    "Called",
    "Candidate",
    "Listed",
    "Pooled",
    "born_on",
    "called",
    "consents",
    "dangling",
    "identities",
    "joined_within",
    "known_as",
    "list_guests",
    "list_members",
    "mailboxes",
    "merge_candidates",
    "names",
    "names_for",
    "pool_members",
    "pools_of",
    "redirected_to",
    "search_emails",
    "search_names",
    "waiting_guests",
]
