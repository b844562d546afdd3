"""Routes of programs: the draft, checking, publishing, revisions, templates, kill switches.

An entry point includes every router of `ROUTERS`.
"""

from __future__ import annotations

from puntal.programs.api import drafts, programs, revisions, switches

ROUTERS = (drafts.router, revisions.router, switches.router, programs.router)

__all__ = ["ROUTERS"]
