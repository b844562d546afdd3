"""Deciding whether a document can be published. Pure."""

from puntal.programs.policy.advising import advice
from puntal.programs.policy.checking import check

__all__ = ["advice", "check"]
