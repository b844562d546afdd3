"""Rewards over HTTP, a module per noun."""

from puntal.rewards.api import batches, gift_cards, passes, vouchers

ROUTERS = (vouchers.router, batches.router, passes.router, gift_cards.router)

__all__ = ["ROUTERS"]
