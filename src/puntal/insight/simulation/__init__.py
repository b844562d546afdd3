"""What a draft would have done: the live program and the draft over the same past, and only what differs.

Owns `simulation`. Nothing else is written. A simulation begins at a local midnight: wallets, windows and measures are
re-added from the books, tiers are those of then, attributes and lists those of today. Both programs then decide every
event since, each as of its own time, with the engine that decides live.

Start reading at `operations`, then `running` (parts and processes), `opening` (the state of then) and `outcome`
(what is told). `engine.rewind` and `engine.rerun` are the pure core.
"""
