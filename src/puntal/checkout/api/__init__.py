"""The checkout over HTTP, a module per noun."""

from puntal.checkout.api import carts

ROUTERS = (carts.router,)
