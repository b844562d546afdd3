"""Rewards: what points buy, who may have it, and the redemptions, codes and passes that prove it.

Owns the tables `redemption` and `waiting`, and those of vouchers.

Always true, under any number of parallel calls, and checked by `tests/stress`:

* no stock, budget or limit is exceeded, and what is used of them is what redemptions took and did not give back;
* a redemption remembers exactly what it reserved, so that ending it restores exactly that;
* one that was issued keeps its terms: later revisions change nothing about it.

Start reading at `model`, then `policy.catalogue`; at `policy.codes` and `policy.tokens` for vouchers and passes.
"""
