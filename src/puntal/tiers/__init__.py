"""Tiers: what a member has climbed to on each ladder, until when, and what comes next.

Owns the rows of `tier_change`, the history people read. Where a member stands (`Standing`) is running state
of the engine and lives in `holder.running`, written through the ledger.

Always true, and checked by `tests/tiers`:

* nobody is below what the measure of the running window gives;
* a tier ends only in a nightly run (or at once after a refund, where the ladder says so);
* a nightly run of the same day changes nothing, and one that comes late does what the missed ones would have;
* the tier of any earlier instant of the last changes can be told, so a late event gets the rate of its day.

Start reading at `model`, then `policy`.
"""
