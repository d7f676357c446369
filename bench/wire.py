"""A real `sfumato serve` on loopback, and the lightest client that can measure it: HTTP/1.1 over asyncio."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

MIB = 2**20
COMMAND = "import sys; from sfumato.faces.cli import main; sys.argv[0] = 'sfumato'; sys.exit(main())"
SAYS = re.compile(r"Sfumato listens on http://127\.0\.0\.1:(\d+)\n")


class Serving(NamedTuple):
    """A server that listens. `ready` are the seconds from its start until its port answered."""

    process: subprocess.Popen[str]
    port: int
    ready: float

    @property
    def resident(self) -> float:
        """MiB of the server in memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / MIB

    @property
    def computed(self) -> float:
        """Seconds that all threads of the server have computed."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


class Answer(NamedTuple):
    """What a request was answered, and after how many seconds."""

    status: int
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Event(NamedTuple):
    """What a stream told, and when on the clock of time.time()."""

    kind: str
    data: Any
    at: float


@contextmanager
def serving(data: Path) -> Iterator[Serving]:
    """A server over a folder; its log goes nowhere. Ended with the block."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "serve", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    try:
        said = SAYS.fullmatch(process.stdout.readline())
        if said is None:
            raise SystemExit("the server did not start. Nothing is reported.")
        yield Serving(process, int(said[1]), time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(60)


def command(server: Serving, key: str, *said: str) -> None:
    """A command of its own process that asks this server. Raises SystemExit where it fails."""
    address = ("--server", f"http://127.0.0.1:{server.port}")
    env = {**os.environ, "SFUMATO_KEY": key}
    done = subprocess.run([sys.executable, "-c", COMMAND, *said, *address], capture_output=True, env=env)
    if done.returncode:
        raise SystemExit(f"the command failed: {done.stderr.decode()}. Nothing is reported.")


@dataclass
class Wire:
    """One connection to a server, kept open; `key` is whose requests these are."""

    port: int
    key: str = ""
    _ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request and read all of its answer."""
        data = b"" if body is None else json.dumps(body).encode()
        started = time.perf_counter()
        reader, writer = await self._open()
        writer.write(self._head(method, path, len(data)) + data)
        status, headers = await _read_head(reader)
        length = int(headers.get("content-length", 0))
        content = await reader.readexactly(length) if length else b""
        return Answer(status, content, time.perf_counter() - started)

    async def events(self, since: int | None = None) -> AsyncIterator[Event]:
        """What the stream tells, `ready` first, for as long as it is read."""
        reader, writer = await self._open()
        writer.write(self._head("GET", "/api/events" + ("" if since is None else f"?since={since}"), 0))
        status, _ = await _read_head(reader)
        if status != 200:
            raise SystemExit(f"the stream was refused ({status}). Nothing is reported.")
        while size := int(await reader.readline() or b"0", 16):
            text = (await reader.readexactly(size + 2)).decode()
            parts = [line.partition(": ") for line in text.strip().splitlines()]
            lines = {name: value for name, _, value in parts}
            if "event" in lines:
                yield Event(lines["event"], json.loads(lines["data"]), time.time())

    async def close(self) -> None:
        if self._ends:
            self._ends[1].close()
            self._ends = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self.port, limit=MIB)
        return self._ends

    def _head(self, method: str, path: str, length: int) -> bytes:
        key = f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        body = f"Content-Type: application/json\r\nContent-Length: {length}\r\n" if length else ""
        return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{key}{body}\r\n".encode()


@asynccontextmanager
async def wire(port: int, key: str = "") -> AsyncIterator[Wire]:
    """A connection that is closed with the block."""
    own = Wire(port, key)
    try:
        yield own
    finally:
        await own.close()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first = await reader.readline()
    headers = {}
    while line := (await reader.readline()).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return int(first.split()[1]), headers
