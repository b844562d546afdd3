"""The engine: what a program answers to an event. Pure.

`compile(document, ...)` makes a program ready to decide; `decide(program, state, event, now)` answers one event.
Neither does any I/O, so the same function serves the live path, previews, explanations and simulations.

Always true, and checked by `tests/engine`:

* the same program, state, event and time give the same decision;
* every rule that listens to the event is named in the reasons, with what it gave or why it gave nothing;
* the transfers of a decision lead from the state before to the state after.

Start reading at `model`, then `decide`.
"""
