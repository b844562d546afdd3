"""Builds the admin app into the package, so that whoever installs a wheel needs no node."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AdminApp(BuildHookInterface):  # type: ignore[type-arg] # the configuration's class does not matter here
    """Runs scripts/admin.sh before a wheel or source archive is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Build, except for an editable installation (`make admin` does it there) or where it travels already."""
        if version == "editable" or not Path(self.root, "web").is_dir():
            return
        script = str(Path(self.root, "scripts", "admin.sh"))
        subprocess.run(["/bin/sh", script], check=True, env=os.environ | {"PYTHON": sys.executable})  # noqa: S603
