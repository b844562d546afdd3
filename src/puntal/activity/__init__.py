"""What members did, counted: lifetime totals, and per local day where a rule or segment asks for a window.

Owns the table `activity` (member, metric, key, program-local day: count and amount).

Always true, and checked by `puntal verify`: totals are those of the orders, net of refunds at the order's date.

Start reading at `model`.
"""
