"""A hub on this machine: real HTTP, real folders, and the ways in which networks fail."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 4096  # bytes; larger files have a sha256 on the hub


@dataclass
class Fake:
    """repositories  by OWNER/NAME
    refused       status, and the hub's own word for it, by OWNER/NAME
    cut           how many bytes of a file come before the connection breaks, once, by path
    held          how many bytes of a file come before nothing more does, by path
    spoiled       files whose bytes are not those that the hub tells of
    elsewhere     the address that large files are sent from; "" is this one
    asked         (method, path, first byte asked for), in order
    tokens        with which files were asked for, by method and path
    """

    repositories: dict[str, Path]
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    spoiled: set[str] = field(default_factory=set)
    elsewhere: str = ""
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    tokens: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    stopped: Event = field(default_factory=Event)

    @property
    def got(self) -> Counter[str]:
        """How often each file's bytes were asked for."""
        return Counter(path for method, path, _ in self.asked if method == "GET")


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, fake: Fake, *args: object) -> None:
        self.fake = fake
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(self.path.partition("?")[0]).strip("/")
        listing = path.startswith("api/models/")
        pieces = path.removeprefix("api/models/").split("/")
        name = "/".join(pieces[:2])
        whole = f"{name}/{'/'.join(pieces[4:])}"
        status, word = self.fake.refused.get(name, self.fake.refused.get(whole, (0, "")))
        if name not in self.fake.repositories:
            status, word = 401, "RepoNotFound"
        if status:
            self._say(b"{}", status, {"X-Error-Code": word, "X-Error-Message": word})
        elif listing:
            self._say(json.dumps(self._listing(name)).encode())
        else:
            self._file(self.fake.repositories[name], "/".join(pieces[4:]))

    def _listing(self, name: str) -> dict[str, object]:
        folder = self.fake.repositories[name]
        files = [own for own in sorted(folder.rglob("*")) if own.is_file()]
        return {
            "id": name,
            "sha": COMMIT,
            "cardData": {"license": "openrail++"},
            "siblings": [self._sibling(own, str(own.relative_to(folder))) for own in files],
        }

    def _sibling(self, file: Path, path: str) -> dict[str, object]:
        content = file.read_bytes()
        told: dict[str, object] = {"rfilename": path, "size": len(content)}
        if len(content) > LARGE:
            told["lfs"] = {"sha256": sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        return told

    def _file(self, folder: Path, path: str) -> None:
        if not (folder / path).is_file():
            self._say(b"{}", 404, {"X-Error-Code": "EntryNotFound"})
            return
        content = (folder / path).read_bytes()
        tag = (sha256 if len(content) > LARGE else sha1)(content).hexdigest()
        if path in self.fake.spoiled:
            content = content[:-1] + bytes([content[-1] ^ 1])
        first = int((self.headers.get("Range") or "bytes=0-")[6:].partition("-")[0])
        self.fake.asked.append((self.command, path, first))
        self.fake.tokens[self.command, path].add(self.headers.get("Authorization") or "")
        if self.fake.elsewhere and len(content) > LARGE and self.command == "HEAD":
            told = {"X-Linked-ETag": f'"{tag}"', "X-Linked-Size": str(len(content)), "X-Repo-Commit": COMMIT}
            self._say(b"", 302, {**told, "Location": f"{self.fake.elsewhere}{self.path}"})
            return
        told = {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if first:
            told["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self._say(content[first:], 206 if first else 200, told, path)

    def _say(
        self, body: bytes, status: int = 200, headers: dict[str, str] | None = None, path: str = ""
    ) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if path in self.fake.held:
            self.wfile.write(body[: self.fake.held[path]])
            self.fake.stopped.wait(60)
            self.close_connection = True
        elif path in self.fake.cut:
            self.wfile.write(body[: self.fake.cut.pop(path)])
            self.close_connection = True
        else:
            self.wfile.write(body)


@contextmanager
def serving(fake: Fake) -> Iterator[str]:
    """The hub's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, fake))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        fake.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
