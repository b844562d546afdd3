"""Telling the collector of cycles what kind of process this is."""

from __future__ import annotations

import gc
import sys

_YOUNG = 250_000
"""Containers that live beside each other before the youngest are looked through: more than two batches of 500 events
make. Less, and every batch would be looked through while it is at work; cycles that are left over wait a little."""
_MIDDLE = 20
_OLD = 50
_TURN_SECONDS = 0.0005
"""How long a thread that computes keeps the event loop waiting: ten times less than usual, for it answers others."""


def settle() -> None:
    """Take everything loaded so far for permanent, and look for cycles seldom; call it once a process has started.

    A batch of events makes some hundred thousand objects that all live until it is written and then die by
    themselves; looking through them, and through every module, again and again took half of the processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    sys.setswitchinterval(_TURN_SECONDS)
