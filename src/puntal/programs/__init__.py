"""Programs: what a merchant decided, as one versioned document.

Owns the tables `program`, `revision`, `wallet` and `kill_switch`.

Always true, and checked by `tests/programs`:

* A published revision never changes; republishing an old one makes a new number.
* The revision in force at an instant is the newest one whose `effective_from` has come. Publishing one that starts
  earlier than one still to come replaces it.
* A wallet's ordinal, kind, scale and currency never change, even while no document mentions it.
* Nothing is published with a fault: `policy.check` names all of them at once.

Start reading at `document.program.Program`, then `policy.check` and `operations.publish`.
"""
