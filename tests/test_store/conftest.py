"""Stores on both databases: SQLite in a file, PostgreSQL in a server of its own that ends with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from sfumato.plan import Plan, Seed
from sfumato.studio import Job
from sfumato.studio.store import Drawn, Store

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
LEFT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
SERVER = "-c listen_addresses='' -c fsync=off -c max_connections=60 -k "


@dataclass
class Clock:
    """Time that passes when a test says so."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Place:
    """Where a store is; `open` opens it with the test's clock, as another process would with its own."""

    url: str
    folder: Path
    clock: Clock = field(default_factory=Clock)

    def open(self, **more: float) -> Store:
        return Store.open(self.url, self.folder, clock=self.clock, **more)


def plan(prompt: str = "a red fox", seed: int = 1, pictures: int = 1) -> Plan:
    """A plan that reads nothing; nobody makes it."""
    golden = Plan.from_json((GOLDEN / "plan-v5.json").read_text(encoding="utf-8"))
    seeds = tuple(Seed(number=seed, slice=index) for index in range(pictures))
    return golden.model_copy(update={"prompt": prompt, "inputs": (), "seeds": seeds})


def job(prompt: str = "a red fox", seed: int = 1, pictures: int = 1) -> Job:
    return Job(plan(prompt, seed, pictures), notes=("it snows",))


def bin_folder() -> Path | None:
    """Debian keeps the server's programs out of the path."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def unprivileged() -> dict[str, str]:
    """PostgreSQL refuses to be run by root."""
    if os.getuid():
        return {}
    with suppress(KeyError):
        return {"user": pwd.getpwnam("postgres").pw_name}
    return {"user": "nobody"}


@contextmanager
def server(programs: Path) -> Iterator[Path]:
    """The folder of the socket of a server that lasts as long."""
    home, user = Path(tempfile.mkdtemp(prefix="sfumato-")), unprivileged()
    if user:
        shutil.chown(home, user["user"])

    def run(program: str, *arguments: str) -> None:
        command = [programs / program, "-D", str(home / "data"), *arguments]
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, timeout=120, **user)

    run("initdb", "-U", "sfumato", "-A", "trust", "-N", "-E", "UTF8")
    run("pg_ctl", "-l", str(home / "log"), "-o", SERVER + str(home), "-w", "start")
    try:
        yield home
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes an empty database and gives its address."""
    programs = bin_folder()
    if programs is None or not (programs / "initdb").exists():
        pytest.skip("PostgreSQL is not installed")
    import psycopg

    places = cycle(("template1", "postgres"))  # those that are there; a test needs two at most
    with server(programs) as home:

        def new() -> str:
            name = next(places)
            with psycopg.connect(f"host={home} user=sfumato dbname={name}", autocommit=True) as connection:
                connection.execute(LEFT)
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
            return f"postgresql+psycopg://sfumato@/{name}?host={home}"

        yield new


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An address without a database, on each kind."""
    if request.param == "sqlite":
        return Place(f"sqlite:///{tmp_path}/store.sqlite", tmp_path)
    return Place(request.getfixturevalue("postgres")(), tmp_path)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture
def ann(store: Store) -> str:
    return store.people.add("ann").id


@pytest.fixture
def bob(store: Store) -> str:
    return store.people.add("bob").id


def picture(prompt: str = "a red fox", seed: int = 1, **more: object) -> Drawn:
    """A picture as a file would tell of it; there is none."""
    key = f"{prompt}/{seed}"
    values: dict = {
        "id": f"{key}-0",
        "job": key,
        "index": 0,
        "path": f"{seed}.png",
        "sha256": "",
        "content": key,
        "width": 256,
        "height": 256,
        "prompt": prompt,
        "operation": "imagine",
        "model": "numbers",
        "seed": seed,
        "created": float(seed),
    }
    return Drawn(**{**values, **more})
