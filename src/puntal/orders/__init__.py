"""Orders of the shop: what was bought, what has been refunded, and what each award gave per line.

Owns the table `shop_order`, one row per (source, order id).

Always true, and checked by `puntal verify`:

* an order earns once, whatever the number of events about it;
* per award, what was taken back never exceeds what was given, and per line never exceeds its line points;
* refunds never exceed what was paid.

Start reading at `model`, then `policy`.
"""
