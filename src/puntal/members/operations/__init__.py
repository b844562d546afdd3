"""The use cases. Each joins the caller's transaction; none commits.

`recognise` is on the hot path of intake, the others serve the API and the console.
"""

from __future__ import annotations

from puntal.members.identities import normalise, region_of
from puntal.members.operations.recognise import load, open_unknown, report_conflicts, resolve

__all__ = ["load", "normalise", "open_unknown", "region_of", "report_conflicts", "resolve"]
