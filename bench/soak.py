"""`python -m bench soak`: the stress tests for long, and more redemptions against their model.

Every crash, crowd and night ends in a full verification.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_SECONDS = 600
MODEL_EXAMPLES = "400"
"""Runs of the redemptions' state machine, unless `PUNTAL_MODEL_EXAMPLES` says otherwise: some ten minutes."""
TESTS = ("tests/stress", "tests/checkout/test_redemption_model.py")


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit status of the tests."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--seconds", type=int, default=DEFAULT_SECONDS, help="how long each test that kills lasts")
    parser.add_argument("--times", type=int, default=1, help="how often the whole is run")
    arguments, passed_on = parser.parse_known_args(given)
    tests = [str(ROOT / each) for each in TESTS]
    command = [sys.executable, "-m", "pytest", *tests, "-q", "--durations=10", *passed_on]
    environment = {"PUNTAL_MODEL_EXAMPLES": MODEL_EXAMPLES, **os.environ, "PUNTAL_SOAK": str(arguments.seconds)}
    for number in range(1, arguments.times + 1):
        print(f"soak {number} of {arguments.times}: {arguments.seconds} s for each test that kills", flush=True)
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if status:
            return status
    return 0
