"""How the page is built and served."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from hatchling.bridge.app import Application
from starlette.testclient import TestClient

import hatch_build
from sfumato.faces.web import page
from sfumato.faces.web.app import app_of
from sfumato.studio import Studio
from sfumato.studio.store import Store

SCREEN_BUDGET = 16_000  # the lightbox
BUDGET = 90_000  # bytes, compressed


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)
    store.people.new_key(store.people.add("ann").id)  # from now on everything needs a key
    yield app_of(store, Studio(store.gallery), lambda: None)
    store.close()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.mark.minutes
def test_the_page_is_light(built: Path) -> None:
    """What a first visit loads; other screens come when they are gone to."""
    first = loaded(built)
    assert len(first) >= 3
    assert sum(len(gzip.compress(path.read_bytes())) for path in first) <= BUDGET
    later = [own for own in (built / "assets").iterdir() if own not in first and own.suffix != ".gz"]
    assert max(len(gzip.compress(path.read_bytes())) for path in later) <= SCREEN_BUDGET


def loaded(built: Path) -> set[Path]:
    """The page itself, and the parts that it names, or that these import at once."""
    found, more = {built / "index.html"}, [built / "index.html"]
    while more:
        text = more.pop().read_text(encoding="utf-8")
        names = re.findall(r'(?:(?:src|href)="/|(?:from|import)\s*"\./)([\w./-]+\.(?:js|css))"', text)
        parts = {built / "assets" / Path(name).name for name in names} - found
        found |= parts
        more += [path for path in parts if path.suffix == ".js"]
    return found


@pytest.mark.minutes
def test_the_page_itself_needs_no_key(client: TestClient, built: Path) -> None:
    assert client.get("/api/jobs").status_code == 401
    shown = client.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    assert shown.status_code == 200 and shown.headers["cache-control"] == "no-cache"
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert "<script>" not in shown.text and "style=" not in shown.text
    parts = re.findall(r'(?:src|href)="(/[^"]+)"', shown.text)
    assert len(parts) >= 3
    for part in parts:
        kept = client.get(part)
        assert kept.status_code == 200
        assert ("immutable" in kept.headers["cache-control"]) is part.startswith("/assets/")


@pytest.mark.minutes
def test_parts_are_sent_packed(client: TestClient, built: Path) -> None:
    for path in loaded(built) - {built / "index.html"}:
        where = f"/assets/{path.name}"
        packed = client.get(where, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip" and packed.headers["vary"] == "Accept-Encoding"
        plain = client.get(where, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-type"] == plain.headers["content-type"]
        assert packed.content == plain.content == path.read_bytes()
        assert int(packed.headers["content-length"]) < len(plain.content)


@pytest.mark.minutes
def test_addresses_of_the_page_and_of_nothing(client: TestClient, built: Path) -> None:
    for path in page.SCREENS:
        assert client.get(path.replace("{id}", "some")).text.startswith("<!doctype html>")
    for path in ("/nothing", "/assets/nothing.js", "/assets/%2e%2e%2findex.html", "/api/nothing"):
        assert client.get(path).json()["error"]["code"] == "not_found", path
    assert client.get("/api/edits").status_code == 405
    assert not [path for path in client.get("/api/openapi.json").json()["paths"] if "assets" in path]


def test_every_screen_has_an_address() -> None:
    rows = (hatch_build.WEB / "src" / "state" / "screens.ts").read_text(encoding="utf-8")
    places = re.findall(r'path: "([^"]+)"', rows)
    assert places and set(places) <= set(page.SCREENS)


def test_without_the_page_it_is_said_how_to_build_it(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    answer = client.get("/")
    assert answer.status_code == 503 and page.HOW in answer.text and not page.is_built()


def test_a_page_that_cannot_be_built_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hatch_build, "WEB", tmp_path / "web")
    monkeypatch.setattr(hatch_build, "STAMP", tmp_path / ".stamp")
    hook = hatch_build.PageHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel", Application())  # type: ignore[arg-type]
    assert hatch_build.is_fresh() and hook.dependencies() == []  # an sdist brings the page, not its sources
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package.json").write_text("{}")
    assert hook.dependencies() == [hatch_build.NODE]
    hook.initialize("standard", {})  # npm wants a lock file
    assert "could not be built" in "".join(capfd.readouterr()) and not (tmp_path / ".stamp").exists()


def test_the_stamp_is_of_every_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch_build, "WEB", tmp_path)
    seen = set()
    for name, text in (("a.ts", "1"), ("a.ts", "2"), ("package-lock.json", "{}"), ("b.ts", "")):
        (tmp_path / name).write_text(text)
        seen.add(hatch_build.digest())
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "c.js").write_text("")
    assert len(seen) == 4 and hatch_build.digest() in seen


def test_the_types_are_those_of_the_schema(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, root / "scripts" / "types", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.minutes
def test_the_sources_of_the_page(built: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hatch_build.npm("run", "check")
    hatch_build.npm("test")
    assert "pass" in capfd.readouterr().out
