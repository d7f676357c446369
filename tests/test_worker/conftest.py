"""Workers in threads of the test, at the house model's quickest, and what their jobs give when made alone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

import pytest

from sfumato.engine import Answer, Ask, Model, Stage
from sfumato.models.house import House
from sfumato.studio import Job, Shelf, Studio, Wishes, running
from sfumato.studio.store import JobRow, Store
from sfumato.studio.worker import Worker
from sfumato.studio.worker.task import FOLDER

QUICK: Mapping[str, str] = MappingProxyType({"base.steps": "3", "upper.steps": "2"})
LONG: Mapping[str, str] = MappingProxyType({"base.steps": "20", "upper.steps": "2"})
BELOW = 32  # the side of the first stage's picture
PATIENCE = 120.0  # seconds after which a test gives up


def job(prompt: str, knobs: Mapping[str, str] = QUICK, pictures: int = 4) -> Job:
    """The same id for the same words, so that whole files are equal."""
    (made,) = Studio().submit(f"{prompt} --ar 1:1", Wishes(knobs=knobs))
    plan = made.plan.model_copy(update={"seeds": made.plan.seeds[:pictures]})
    return replace(made, plan=plan, id=str(uuid5(NAMESPACE_URL, f"{prompt} {sorted(knobs.items())}")))


@dataclass(frozen=True)
class Half(House):
    """The house model, at fault where it is asked about exactly half noise in its first stage.

    raises  a pass with such a row raises; else the row is answered with NaN
    """

    raises: bool = False

    def open(self, device: str, dtype: str) -> Model:
        return HalfModel(super().open(device, dtype), self.raises)


@dataclass(frozen=True)
class HalfModel:
    whole: Model
    raises: bool

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.whole.stages

    @property
    def accepts(self) -> frozenset[str]:
        return self.whole.accepts

    def key(self, ask: Ask) -> Hashable:
        return self.whole.key(ask)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        faulty = [ask.t == 0.5 and ask.x.shape[-1] == BELOW for ask in asks]
        if self.raises and any(faulty):
            raise RuntimeError("half is too much")
        answers = self.whole.answer(asks)
        wrong = (Answer(answer.x0 * math.nan) for answer in answers)
        return [other if bad else own for own, other, bad in zip(answers, wrong, faulty, strict=True)]

    def close(self) -> None:
        self.whole.close()


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/store.sqlite", folder)


def files(folder: Path) -> dict[str, bytes]:
    """All that is in a folder of pictures, but for grids, which a store does not keep."""
    found = folder.iterdir() if folder.exists() else ()
    return {path.name: path.read_bytes() for path in found if not path.name.endswith("-grid.png")}


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def left(store: Store) -> list[str]:
    """The jobs that have a folder of states."""
    return [path.name for path in (store.database.folder / FOLDER).glob("*")]


@contextmanager
def at_work(worker: Worker) -> Iterator[None]:
    """The worker in a thread; stopped at the end."""
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(worker.run, stop)
        try:
            yield
        finally:
            stop.set()
    run.result()


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    held = Shelf("cpu", "float32")
    yield held
    held.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path / "store")
    yield found
    found.close()


@pytest.fixture
def ann(store: Store) -> str:
    return store.people.add("ann").id


@pytest.fixture
def every_pass_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FIRST", 0.0)
    monkeypatch.setattr(running, "SHARE", float("inf"))


@pytest.fixture
def alone(shelf: Shelf, tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """The files that these jobs give one after the other, without a worker."""

    def made(*jobs: Job) -> dict[str, bytes]:
        for own in jobs:
            for _ in Studio(tmp_path / "alone", shelf=shelf).work(own):
                pass
        return files(tmp_path / "alone")

    return made


def ended(store: Store, *rows: JobRow) -> Callable[[], bool]:
    return lambda: len(store.queue.ended([row.id for row in rows])) == len(rows)
