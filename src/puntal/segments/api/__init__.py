"""The routes of segments: who is in them, and conditions as their builder needs them."""

from __future__ import annotations

from puntal.segments.api import conditions, segments

ROUTERS = (segments.router, conditions.router)

__all__ = ["ROUTERS"]
