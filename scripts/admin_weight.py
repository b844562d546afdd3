"""Refuses an admin app whose first pages have grown too heavy: python scripts/admin_weight.py, after a build.

What a page weighs is the JavaScript a browser must have before it shows it, compressed as it is sent: the entry, the
page's own chunk, and whatever these import. Charts and other parts that a page loads after itself do not count.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

BUILT = Path(__file__).parent.parent / "src/puntal/static/admin"
MOST = 200_000
ENTRY = "index.html"
FIRST = {
    "sign-in": ["src/features/access/sign-in.tsx"],
    "home": ["src/app/front.tsx", "src/app/program-frame.tsx", "src/features/home/page.tsx"],
}


def closure(manifest: dict[str, Any], roots: list[str]) -> set[str]:
    """Return the files that the roots need before they can run."""
    found: set[str] = set()
    left = list(roots)
    while left:
        chunk = manifest[left.pop()]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            left.extend(chunk.get("imports", ()))
    return found


def main() -> int:
    """Print what the first pages weigh; return 1 where one is too heavy."""
    manifest = json.loads((BUILT / ".vite/manifest.json").read_text(encoding="utf-8"))
    heavy = False
    for page, chunks in FIRST.items():
        files = closure(manifest, [ENTRY, *(chunk for chunk in chunks if chunk in manifest)])
        weight = sum(len(gzip.compress((BUILT / file).read_bytes(), 9)) for file in files if file.endswith(".js"))
        heavy |= weight > MOST
        print(f"{page}: {weight} bytes of JavaScript, compressed; most {MOST}", file=sys.stderr)  # noqa: T201 - a script
    return int(heavy)


if __name__ == "__main__":
    sys.exit(main())
