"""Rewards over HTTP, a module per noun."""

from puntal.rewards.api import batches, passes, vouchers

ROUTERS = (vouchers.router, batches.router, passes.router)

__all__ = ["ROUTERS"]
