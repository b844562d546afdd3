"""Routes of webhook endpoints, their deliveries, and the kinds there are."""

from __future__ import annotations

from puntal.webhooks.api import deliveries, endpoints
from puntal.webhooks.api.routing import router

__all__ = ["deliveries", "endpoints", "router"]
