"""What the clock brings: the nightly run of a program at its local midnight.

Owns the tables `nightly_step` and `reminder`. Steps, in this order: settle (activate pending, expire lots), holds
that lapsed, tiers, birthdays and anniversaries, guests whose time to claim is over, reminders.

Always true, and checked by `tests/nightly`: every step may run twice; a run that was cut short goes on where it
stopped; every local date since the last run is made up for, in order.

Start reading at `operations`.
"""
