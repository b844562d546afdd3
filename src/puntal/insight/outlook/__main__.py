"""`python -m puntal.insight.outlook`: lives every template in its typical shop and keeps what comes of it."""

from __future__ import annotations

from pathlib import Path

from puntal.insight.outlook.operations import TYPICAL, computed

if __name__ == "__main__":
    Path(__file__).with_name(TYPICAL).write_bytes(computed())
