"""Deciding whether a document can be published. Pure."""

from puntal.programs.policy.checking import advice, check

__all__ = ["advice", "check"]
