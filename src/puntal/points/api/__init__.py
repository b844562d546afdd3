"""Wallets over HTTP. An entry point puts the cache of compiled programs into `app.state.programs`."""

from __future__ import annotations

from puntal.points.api import moves, statements, wallets
from puntal.points.api.routing import router

__all__ = ["moves", "router", "statements", "wallets"]
