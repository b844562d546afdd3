"""The outbox: "this happened", written in the transaction in which it happened.

Owns the table `outbox`. Knows nothing of what the rows are about: a kind, a member perhaps, two times, a payload.

Always true:

* a row is written in the transaction of what it tells, so it exists if and only if that happened;
* one relay at a time has a row (`FOR UPDATE SKIP LOCKED`); it is marked in the transaction that passes it on;
* rows of a program are handed out oldest id first.

Start reading at `operations`.
"""
