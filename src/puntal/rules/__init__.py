"""Conditions and formulas: what a rule may ask, and the two ways of answering it.

Owns no table and does no I/O. A condition is written in the short form of the program document, or as
JSONLogic; it is checked against the field catalogue, stored as strict JSONLogic, evaluated in process over
facts, and compiled to SQL for sets of members.

Always true, and checked by `tests/rules`:

* expanding and contracting a condition loses nothing;
* evaluator and SQL give the same answer for the same member;
* every fault of a condition is reported at once, with the path, a reason and, where we know one, a suggestion.

Facts are ONE FLAT mapping from field name to value, for example `{"member.country": "DE", "member.spend": 12000,
"member.spend.last_30_days": 500, "order.net": 1999, "lines": [{"category": "dairy", "net": 300}]}`: keys contain
their dots, lines use the name after `line.`, amounts are integers in the smallest unit, dates are ISO days. A
missing key is null and matches nothing but `exists: false` and negations.

Start reading at `model`, then `catalogue` and `dialect`.
"""
