"""Earning: what rules give for what happened.

Owns no table: awards become transfers and lots (ledger, points), and line points of the order (orders).

Always true, and checked by `tests/earning`:

* every award is rounded once, and its line points add up to it;
* base awards add up; a multiplier pays a bonus of its own and never changes a base award.

Start reading at `model`, then `policy`.
"""
