"""Deciding whether a document can be published. Pure."""

from puntal.programs.policy.advising import advice
from puntal.programs.policy.checking import check
from puntal.programs.policy.structure import parse as read

__all__ = ["advice", "check", "read"]
