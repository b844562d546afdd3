"""The checkout over HTTP, a module per noun."""

from puntal.checkout.api import carts, redemptions, vouchers

ROUTERS = (carts.router, redemptions.router, vouchers.router)
