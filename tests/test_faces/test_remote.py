"""Jobs of a server as a command follows them. The server is a few lines, to say what no real one does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sfumato.faces.client.client import Client
from sfumato.faces.client.remote import NotMade, Remote

JOB = "12345678-aaaa"
TOLD = {"id": JOB, "status": "done", "reason": "", "notes": [], "plan": {"seeds": [{}]}}


@contextmanager
def answering(name: str) -> Iterator[Client]:
    """A server that has one job and calls its picture so."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_file = self.path.endswith("/file")
            self.send_response(200)
            if is_file:
                self.send_header("Content-Disposition", name)
            self.end_headers()
            self.wfile.write(b"data" if is_file else json.dumps(TOLD).encode())

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def brought(client: Client, folder: Path) -> list[Path]:
    remote = Remote(client, folder, [JOB], 0)
    return [made for task in remote.tasks() for made in remote.work(task) if isinstance(made, Path)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('inline; filename="fox-12345678-1.png"', "fox-12345678-1.png"),
        ("inline; filename*=utf-8''%E9%9B%AA-12345678-1.png", "雪-12345678-1.png"),
        ('inline; filename="../../fox-12345678-1.png"', "fox-12345678-1.png"),
    ],
)
def test_a_file_gets_the_server_s_name_in_our_folder(said: str, name: str, tmp_path: Path) -> None:
    with answering(said) as client:
        assert brought(client, tmp_path / "here") == [tmp_path / "here" / name]
    assert (tmp_path / "here" / name).read_bytes() == b"data" and [*tmp_path.iterdir()] == [tmp_path / "here"]


@pytest.mark.parametrize("said", ["inline", 'inline; filename=".bashrc"', 'inline; filename="..-12345678-"'])
def test_a_name_that_is_no_picture_s_of_this_job_is_refused(said: str, tmp_path: Path) -> None:
    with answering(said) as client, pytest.raises(NotMade, match="names its files as no Sfumato does"):
        brought(client, tmp_path)
    assert not [*tmp_path.iterdir()]
