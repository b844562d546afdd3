"""Rewards over HTTP, a module per noun."""

from puntal.rewards.api import batches, card_totals, gift_cards, images, passes, printed_cards, vouchers

ROUTERS = (
    vouchers.router,
    batches.router,
    passes.router,
    printed_cards.router,
    gift_cards.router,
    card_totals.router,
    images.router,
)

__all__ = ["ROUTERS"]
