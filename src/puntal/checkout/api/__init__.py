"""The checkout over HTTP, a module per noun."""

from puntal.checkout.api import carts, redemptions

ROUTERS = (carts.router, redemptions.router)
