"""Limits of a member and budgets of the program: how much room an award has, and what it used of it.

Owns the table `budget_usage`. What a member used is part of her holder row, written with her balances.

Always true, under any number of parallel calls, and checked by `tests/stress`:

* no budget and no limit is exceeded;
* what is used equals the sum of what was given and not taken back.

Start reading at `model`, then `policy`.
"""
