"""Fetching from hosts that mean harm: a real one on this machine, which names of the internet lead to."""

from __future__ import annotations

import gzip
import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.seen import from_address, look_at
from sfumato.faces.web.addresses import NotFetched, is_public
from sfumato.faces.web.app import Reach, app_of
from sfumato.faces.web.fetching import Fetcher, Limits
from sfumato.faces.web.pictured import reader
from sfumato.studio import Studio
from sfumato.studio.store import Store
from test_web.conftest import HOME

PUBLIC = "93.184.215.14"
Talk = Callable[[socket.socket, str], None]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, "PNG")
    return out.getvalue()


def answer(body: bytes, *heads: str, status: str = "200 OK") -> bytes:
    heads = heads or (f"Content-Length: {len(body)}",)
    return f"HTTP/1.1 {status}\r\n".encode() + "\r\n".join(heads).encode() + b"\r\n\r\n" + body


def onward(to: str) -> bytes:
    return answer(b"", f"Location: {to}", "Content-Length: 0", status="302 Found")


@contextmanager
def host(talk: Talk) -> Iterator[int]:
    """The port of a host that talks so to everybody, with the path that was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        over = Event()

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    own, _ = listening.accept()
                    with own:
                        asked = own.recv(65536).decode("latin-1")
                        talk(own, asked)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join(10)


class Net:
    """A network in which every public address is the hostile host; it remembers what was connected to."""

    def __init__(self, port: int, names: dict[str, list[list[str]]] | None = None) -> None:
        self.port, self.names, self.reached = port, names or {}, []

    def resolve(self, name: str, _port: int) -> list[str]:
        answers = self.names.get(name, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.reached.append((address, port))
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def fetcher(self, **limits: float) -> Fetcher:
        return Fetcher(Limits(**{"seconds": 5.0, **limits}), self.resolve, self.connect)  # type: ignore[arg-type]


def says(data: bytes) -> Talk:
    return lambda own, _asked: own.sendall(data)


def test_a_picture_is_fetched() -> None:
    asked: list[str] = []

    def talk(own: socket.socket, said: str) -> None:
        asked.append(said)
        own.sendall(answer(png()))

    with host(talk) as port:
        net = Net(port)
        assert net.fetcher().fetch("http://pictures.example/a b.png?x=1 2#part".replace(" ", "%20")) == png()
    assert net.reached == [(PUBLIC, 80)]
    head = asked[0].lower()
    assert head.startswith("get /a%20b.png?x=1%202 http/1.1") and "host: pictures.example\r\n" in head
    assert "cookie" not in head and "authorization" not in head and "accept-encoding: identity" in head


REFUSED = {
    "an endless body": (answer(b"", "Connection: close") + b"x" * 200_000, "at most"),
    "an endless body in chunks": (
        answer(b"", "Transfer-Encoding: chunked")
        + b"ffff\r\n"
        + b"x" * 0xFFFF
        + b"\r\nffff\r\n"
        + b"x" * 0xFFFF,
        "at most",
    ),
    "a length that is too large": (answer(b"", "Content-Length: 99999999"), "at most"),
    "fewer bytes than said": (answer(b"abc", "Content-Length: 500"), "ended before"),
    "packed bytes": (
        answer(gzip.compress(bytes(10_000_000)), "Content-Encoding: gzip", "Content-Length: 9745"),
        "packed",
    ),
    "an error": (answer(b"no", status="404 Not Found"), "answers 404"),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", "could not be asked"),
    "many headers": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", "could not be asked"),
    "a header without end": (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000, "could not be asked"),
    "nothing": (b"", "could not be asked"),
    "a negative length": (answer(b"x" * 200_000, "Content-Length: -5"), "at most"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_host_may_not_say(name: str) -> None:
    data, said = REFUSED[name]
    with host(says(data)) as port, pytest.raises(NotFetched, match=said):
        Net(port).fetcher(size=100_000).fetch("http://pictures.example/")


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nA: ", answer(b"", "Content-Length: 9000")])
def test_who_drips_is_left(begin: bytes) -> None:
    gone = Event()

    def drip(own: socket.socket, _asked: str) -> None:
        own.sendall(begin)
        while not gone.wait(0.02):
            own.sendall(b"x")

    with host(drip) as port:
        with pytest.raises(NotFetched, match="was not here within"):
            Net(port).fetcher(seconds=0.3).fetch("http://pictures.example/")
        gone.set()


@pytest.mark.parametrize(("said", "why"), [(b"", "was not here within"), (b"no TLS" * 9, "SSLError")])
def test_a_host_that_only_seems_to_speak_tls(said: bytes, why: str) -> None:
    gone = Event()

    def talk(own: socket.socket, _asked: str) -> None:
        own.sendall(said)
        gone.wait(10)

    with host(talk) as port:
        net = Net(port)
        with pytest.raises(NotFetched, match=why):
            net.fetcher(seconds=0.3).fetch("https://pictures.example/")
        gone.set()
    assert net.reached == [(PUBLIC, 443)]


def test_redirects_are_followed_and_counted() -> None:
    def talk(own: socket.socket, asked: str) -> None:
        own.sendall(
            answer(png()) if "GET /end" in asked else onward("/end" if "GET /one" in asked else "/loop")
        )

    with host(talk) as port:
        net = Net(port)
        assert net.fetcher().fetch("http://pictures.example/one") == png()
        with pytest.raises(NotFetched, match="more than 4 times"):
            net.fetcher().fetch("http://pictures.example/loop")
        assert len(net.reached) == 2 + 5


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://inside.example/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://pictures.example/",
        "http://pictures.example:22/",
        "//inside.example/x",
        "http://a:b@pictures.example/",
        "gopher://x",
    ],
)
def test_redirects_are_checked(to: str) -> None:
    with host(says(onward(to))) as port:
        net = Net(
            port,
            {
                "127.0.0.1": [["127.0.0.1"]],
                "inside.example": [["10.1.2.3"]],
                "::1": [["::1"]],
                "169.254.169.254": [["169.254.169.254"]],
            },
        )
        with pytest.raises(NotFetched):
            net.fetcher().fetch("http://pictures.example/")
        assert net.reached == [(PUBLIC, 80)]


def test_a_name_cannot_change_its_mind() -> None:
    with host(says(answer(png()))) as port:
        net = Net(port, {"turns.example": [[PUBLIC], ["127.0.0.1"]]})
        assert net.fetcher().fetch("http://turns.example/") == png()
        assert net.reached == [(PUBLIC, 80)]
        with pytest.raises(NotFetched, match="public internet"):
            net.fetcher().fetch("http://turns.example/")
        both = Net(port, {"both.example": [[PUBLIC, "192.168.0.1"]]})
        with pytest.raises(NotFetched, match="public internet"):
            both.fetcher().fetch("http://both.example/")
    assert not both.reached


def test_the_system_s_own_names_for_this_machine() -> None:
    for name in (
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ):
        with pytest.raises(NotFetched):
            Fetcher().fetch(f"http://{name}/")


INSIDE = """
    127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    100.127.255.254 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1
    240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:1::1 2001:db8::1 100::1 nonsense
""".split()


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", PUBLIC, "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_outside(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_itself(own: object) -> None:
    assert is_public(f"::ffff:{own}") == is_public(f"64:ff9b::{own}") == is_public(str(own))


@given(
    st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://a@", "http://[", "http://x:"])
)
def test_any_text_is_an_answer(text: str, begin: str) -> None:
    with suppress(NotFetched):
        Net(0, {}).fetcher().check(begin + text)


def test_a_server_fetches_for_clients_of_openai(store: Store) -> None:
    with host(says(answer(png()))) as port:
        net = Net(port)
        fetch = net.fetcher().fetch
        app = app_of(store, Studio(store.gallery, read=reader(fetch)), lambda: None, reach=Reach(fetch))
        with TestClient(app, base_url=HOME) as client:
            inside = {"type": "input_image", "image_url": "http://10.0.0.1/a.png"}
            content = [{"type": "input_text", "text": "a fox"}, inside]
            body = {
                "model": "gpt",
                "tools": [{"type": "image_generation"}],
                "input": [{"role": "user", "content": content}],
            }
            net.names = {"10.0.0.1": [["10.0.0.1"]]}
            refused = client.post("/v1/responses", json=body)
            assert refused.status_code == 400 and refused.json()["error"]["code"] == "invalid_image_url"
            assert not net.reached


def test_what_is_fetched_is_decoded_and_not_believed() -> None:
    with host(says(answer(b"<svg/>", "Content-Type: image/png", "Content-Length: 6"))) as port:
        look = reader(Net(port).fetcher().fetch)
        with pytest.raises(Exception, match="no PNG, JPEG or WebP"):
            look("http://pictures.example/a.png")
        with pytest.raises(NotFetched, match="opens no files"):
            look("/etc/hostname")
    with pytest.raises(NotFetched, match="setting fetch"):
        reader(None)("http://pictures.example/a.png")


def test_addresses_of_openai_s_requests() -> None:
    with host(says(answer(png()))) as port:
        fetch = Net(port).fetcher().fetch
        assert look_at(from_address("https://127.0.0.1/", "input", lambda _: png())).pixels.shape == (3, 4, 4)
        assert from_address("http://pictures.example/a.png", "input", fetch).data == png()
    with pytest.raises(Wrong, match="not fetched"):
        from_address("http://pictures.example/a.png", "input")
