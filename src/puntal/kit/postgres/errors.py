"""Why a server of our own cannot run."""

from __future__ import annotations


class ServerUnavailableError(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do."""
