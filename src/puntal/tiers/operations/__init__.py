"""What staff and publications do to tiers. Events and nights change standings through the engine.

Each joins the caller's transaction; none commits.
"""

from __future__ import annotations

from puntal.tiers.operations.floors import lift_floor, set_floor
from puntal.tiers.operations.placing import place_page, preview_page
from puntal.tiers.operations.standings import ladder_of, ladders, outlook, record

__all__ = ["ladder_of", "ladders", "lift_floor", "outlook", "place_page", "preview_page", "record", "set_floor"]
