"""Requests to a server, over the standard library alone: importing a client for HTTP would take longer than
most answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

PATIENCE = 60.0  # seconds without a byte; a stream has one every 15
BRIEF = 2.0  # seconds in which a server of this machine says that it is there
JSON = "application/json"
KEPT = "what it accepted is kept, and goes on when it is started again."


class NoAnswer(OSError):
    """The server cannot be reached, or stopped in the middle."""


class Declined(ValueError):
    """The server refused; the message is its sentence. `code` is for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class File(NamedTuple):
    """What a server sent; `name` has no folder in it, and is "" where it has none for that."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Client:
    """One server; every request has a connection of its own.

    url  http or https, host and port
    key  the person's; "" where none is needed
    """

    url: str
    key: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """The JSON of an answer. Raises NoAnswer, Declined, as do the next ones."""
        return json.loads(self._send("GET", path).data)

    def file(self, path: str) -> File:
        """What an address gives, with the name that the server has for it."""
        return self._send("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Send JSON, or nothing; the JSON of the answer."""
        data = b"" if body is None else json.dumps(body).encode()
        return json.loads(self._send("POST", path, data, {"Content-Type": JSON} if data else {}).data)

    def upload(self, data: bytes) -> str:
        """Send a picture's file; its content hash, by which requests name it."""
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="picture"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return json.loads(self._send("POST", "/api/uploads", body, kind).data)["content"]

    def events(self, since: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """(kind, the whole thing) for everything that changes after a number, without an end."""
        own = self._connection(PATIENCE)
        try:
            answer = self._ask(own, "GET", f"/api/events?since={since}", b"", {})
            if answer.status != 200:
                raise _declined(answer.status, answer.read())
            yield from _told(answer)
        except (OSError, HTTPException) as error:
            raise self._lost(error) from error
        finally:
            own.close()
        raise NoAnswer(f"The server at {self.url} ended: {KEPT}")

    def is_there(self, instance: str | None = None) -> bool:
        """Whether it answers, as this run of a server where one is named."""
        own = self._connection(BRIEF)
        try:
            answer = self._ask(own, "GET", "/api/health", b"", {})
            told = json.loads(answer.read())
            return answer.status == 200 and instance in (None, told["instance"])
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return False
        finally:
            own.close()

    def _send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> File:
        own = self._connection(PATIENCE)
        try:
            answer = self._ask(own, method, path, body, headers or {})
            data = answer.read()
        except (OSError, HTTPException) as error:
            raise self._lost(error) from error
        finally:
            own.close()
        if answer.status >= 400:
            raise _declined(answer.status, data)
        return File(PurePath(answer.headers.get_filename() or "").name, data)

    def _ask(
        self, connection: HTTPConnection, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> HTTPResponse:
        own = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        connection.request(method, path, body or None, {**own, **headers})
        return connection.getresponse()

    def _connection(self, patience: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{self.url!r} is no address of a server: write it as http://HOST:7860.")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return kind(parts.hostname, parts.port, timeout=patience)

    def _lost(self, error: Exception) -> NoAnswer:
        why = str(error) or type(error).__name__
        return NoAnswer(f"The server at {self.url} does not answer ({why}): {KEPT}")


def _declined(status: int, data: bytes) -> Declined:
    """What is wrong, as the server says it: a prompt's fault with its place."""
    try:
        told = json.loads(data)["error"]
        code, message, hint = told["code"], told["message"], told.get("hint") or ""
    except (ValueError, KeyError, TypeError):
        return Declined(f"The server answered {status}, and not as one of Sfumato does.", "")
    if code in ("no_key", "wrong_key"):
        return Declined(f"{message} The environment variable SFUMATO_KEY is sent as the key.", code)
    if code == "prompt":
        return Declined(hint or message, code)
    return Declined(f"{message} {hint}".strip(), code)


def _told(answer: HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream; comments the first one, `ready`, and the last, `end`, are left out."""
    kind = ""
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data" and kind not in ("ready", "end"):
            yield kind, json.loads(value)
