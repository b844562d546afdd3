"""wrk, a client light enough to leave the processors to the server.

Bodies come from a file, one a line. Each `@ID@` in a line becomes a word that no other request of any run carries,
so every event is new; a batch writes `@ID@-1`, `@ID@-2` and so on.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from puntal.kit import ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ID = "@ID@"
_RESULT = "wrk-result "

SCRIPT = r"""
local ffi = require("ffi")
ffi.cdef[[
  typedef struct { long seconds; long nanoseconds; } puntal_time;
  int clock_gettime(int clock, puntal_time *time);
]]
local moment = ffi.new("puntal_time")

-- Milliseconds of the monotonic clock.
local function clock()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local bodies, position, count = {}, 0, 0
local slot = 0

function init(arguments)
  local path, run, rate = arguments[1], arguments[2], tonumber(arguments[3])
  for line in io.lines(path) do
    bodies[#bodies + 1] = line
  end
  -- Each thread starts at another line; all of them go through all lines.
  position = number * 7919
  prefix = run .. "-" .. number .. "-"
  interval = rate > 0 and (THREADS * 1000 / rate) or 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Connection"] = "keep-alive"
HEADERS
end

function request()
  position = position + 1
  count = count + 1
  local body = string.gsub(bodies[position % #bodies + 1], "@ID@", prefix .. count)
  return wrk.format(nil, nil, nil, body)
end

DELAY

function done(summary, latency, requests)
  io.write(string.format(
    'RESULT{"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, ' ..
    '"p50_ms": %.3f, "p90_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000))
end
"""

DELAY = """
-- Requests leave at even distances, whichever connection is free: an open system, held at a rate.
function delay()
  local now = clock()
  slot = math.max(slot + interval, now)
  return math.floor(slot - now + 0.5)
end
"""


class WrkError(RuntimeError):
    """wrk is not there or did not finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one run of wrk saw.

    Attributes:
        refused: Answers with a status of 400 or more.
        broken: Requests without an answer: refused connections, resets, time-outs.
    """

    requests: int
    seconds: float
    refused: int
    broken: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def ensure() -> str:
    """Return the path of wrk, installing it from the distribution where we may."""
    found = shutil.which("wrk")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
        found = shutil.which("wrk")
    if found is None:
        raise WrkError("the HTTP rows need wrk: install it (`apt-get install wrk`, as root) and run again")
    return found


def write_bodies(path: Path, bodies: Iterable[bytes]) -> None:
    """Write the bodies to a file, one a line; a body may not contain a line break."""
    with path.open("wb") as file:
        for body in bodies:
            if b"\n" in body:
                raise ValueError("a body is one line")
            file.write(body)
            file.write(b"\n")


def script(headers: Mapping[str, str], *, threads: int, rate: float) -> str:
    """Return the Lua program of a run; without a rate each connection sends as soon as it can."""
    quoted = "".join(f"  wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n" for name, value in headers.items())
    return (
        SCRIPT.replace("HEADERS\n", quoted)
        .replace("THREADS", str(threads))
        .replace("DELAY", DELAY if rate else "")
        .replace("RESULT", _RESULT)
    )


def parse(output: str) -> Load:
    """Return what our script printed at the end of a run."""
    for line in output.splitlines():
        if line.startswith(_RESULT):
            return Load(**json.loads(line.removeprefix(_RESULT)))
    raise WrkError(f"wrk printed no result:\n{output}")


async def run(
    url: str,
    bodies: Path,
    *,
    connections: int,
    seconds: float,
    threads: int = 2,
    rate: float = 0,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """POST the bodies to one address for a while.

    Args:
        url: With path.
        bodies: See the module.
        connections: Kept open all the time, shared by the threads.
        seconds: Whole seconds are used.
        threads: Of wrk.
        rate: Requests a second to hold, 0 for as many as possible.
        headers: Of every request, such as the key.
    """
    binary = ensure()
    with tempfile.TemporaryDirectory() as folder:
        lua = Path(folder) / "post.lua"
        lua.write_text(script(headers or {}, threads=threads, rate=rate))
        process = await asyncio.create_subprocess_exec(
            *(binary, "-t", str(threads), "-c", str(connections), "-d", f"{max(1, round(seconds))}s"),
            *("--timeout", "10s", "-s", str(lua), url, "--", str(bodies), ids.new_id().hex, str(rate)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    if process.returncode:
        raise WrkError(f"wrk failed:\n{output.decode()}")
    return parse(output.decode())
