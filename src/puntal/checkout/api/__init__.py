"""The checkout over HTTP, a module per noun."""

from puntal.checkout.api import carts, redemptions, till, till_offline, vouchers, waitlists

ROUTERS = (carts.router, redemptions.router, vouchers.router, till.router, till_offline.router, waitlists.router)
