"""The checkout over HTTP, a module per noun."""

from puntal.checkout.api import carts, redemptions, till, vouchers, waitlists

ROUTERS = (carts.router, redemptions.router, vouchers.router, till.router, waitlists.router)
