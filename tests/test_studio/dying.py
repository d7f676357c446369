"""A program that makes pictures and kills itself at one exact instant.

    python dying.py < JSON    {"models": {name: [paths]}, "work": [[folder, death or null] ...]}

Each death is a process of its own, forked when the models are open; null finishes what was stopped in the
folder, in the program's own process. It prints for each the exit code (-9 of one that was killed), or the
rounds that were left.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Any

from sfumato.engine import Model
from sfumato.models.family import named
from sfumato.studio import Job, Shelf, Step, Studio, Wishes, gallery, running

PROMPT = "a castle on the sea --seed 3 --ar 1:1"
KNOBS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "house": {"base.steps": "3", "base.sampler": "heun", "upper.steps": "4"},
        "sdxl": {"base.steps": "4", "base.sampler": "heun", "refiner.steps": "15"},
    }
)
ID = "00000000-0000-4000-8000-000000000000"  # the same in every run, so that whole files are equal
LAST_WORDS = "last-words.txt"
NAMES_CHANGE = frozenset({"os.rename", "os.remove", "os.rmdir"})


@dataclass(frozen=True)
class Death:
    """The instant: the `count`-th event at that moment, of those after so many rounds and files.

    model   a name of KNOBS
    moment  a name of TRAPS, which say what an event is
    rounds  of the engine
    files   that are kept
    count   from 1; 0 is as soon as that many rounds and files are reached
    """

    model: str
    moment: str
    rounds: int = 0
    files: int = 0
    count: int = 0


class Trap:
    """Kills this process when enough has happened since it was armed."""

    def __init__(self, death: Death, folder: Path) -> None:
        self.left, self.folder, self.armed = death.count, folder, False

    def arm(self) -> None:
        self.armed = True
        if not self.left:
            self.die()

    def happens(self, events: int = 1) -> None:
        if self.armed:
            self.left -= events
            if self.left <= 0:
                self.die()

    def die(self) -> None:
        stack = [frame.name for frame in traceback.extract_stack()]
        self.armed = False  # else writing this down were an event
        (self.folder / LAST_WORDS).write_text("\n".join(stack), encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


# What an event is at each moment


def in_layers(parts: Callable[[Model], Iterator[Any]]) -> Callable[[Trap, Model], None]:
    """A layer of one of these networks begins."""

    def set_trap(trap: Trap, model: Model) -> None:
        layers = {layer for network in parts(model) for layer in network.modules()}
        for layer in layers:
            layer.register_forward_pre_hook(lambda *_: trap.happens())

    return set_trap


def encoders(model: Any) -> Iterator[Any]:
    for stage in painting(model):
        if hasattr(stage, "network"):  # the house model
            yield stage.network.net.encoder
        else:
            yield from (reader.encoder for reader in stage.parts.readers)


def painting(model: Any) -> Iterator[Any]:
    """The stages that paint: one that makes pictures larger has other parts."""
    return (stage for stage in model.stages if not hasattr(stage, "enlarge"))


def denoisers(model: Any) -> Iterator[Any]:
    for stage in painting(model):
        yield stage.network.net.unet if hasattr(stage, "network") else stage.parts.unet


def decoders(model: Any) -> Iterator[Any]:
    yield model.stages[-1].parts.latent.vae.decoder


def in_bytes(trap: Trap, model: Model) -> None:
    """A byte of a picture's file is written."""

    def opened(**options: Any) -> Any:
        file = NamedTemporaryFile(**options)  # noqa: SIM115
        whole = file.write

        def write(data: bytes) -> int:
            if trap.armed and len(data) >= trap.left:
                whole(data[: trap.left])
                file.flush()
            trap.happens(len(data))
            return whole(data)

        file.write = write
        return file

    gallery.NamedTemporaryFile = opened  # type: ignore[attr-defined]


def in_names(trap: Trap, model: Model) -> None:
    """A file is about to be renamed or removed, or a folder removed."""

    def hook(event: str, said: Iterable[Any]) -> None:
        if event in NAMES_CHANGE:
            trap.happens()

    sys.addaudithook(hook)


TRAPS: Mapping[str, Callable[[Trap, Model], None]] = MappingProxyType(
    {
        "encoding": in_layers(encoders),
        "sampling": in_layers(denoisers),
        "decoding": in_layers(decoders),
        "writing": in_bytes,
        "saving": in_names,
        "commit": in_names,
    }
)


# Work


def started(studio: Studio, model: str) -> Job:
    (job,) = studio.submit(PROMPT, Wishes(knobs=KNOBS[model]))
    return replace(job, id=ID)


def live(folder: Path, death: Death, studio: Studio) -> None:
    """Goes on with what was stopped in the folder, or begins, until death."""
    running.SHARE, running.FIRST = math.inf, 0.0  # every round is saved: the states say where it died
    trap = Trap(death, folder)
    TRAPS[death.moment](trap, studio.shelf.lease(studio.family).model)
    found = [stopped.job for stopped in studio.unfinished()]
    rounds = files = 0
    if not death.rounds and not death.files:
        trap.arm()
    for made in studio.work(found[0] if found else started(studio, death.model)):
        rounds, files = rounds + isinstance(made, Step), files + isinstance(made, Path)
        if rounds >= death.rounds and files >= death.files and not trap.armed:
            trap.arm()


def killed(folder: Path, death: Death, studio: Studio) -> int | None:
    process = multiprocessing.get_context("fork").Process(target=live, args=(folder, death, studio))
    process.start()
    process.join()
    return process.exitcode


def finished(studio: Studio) -> int:
    jobs = [found.job for found in studio.unfinished()]
    return sum(isinstance(made, Step) for job in jobs for made in studio.work(job))


def main() -> None:
    told = json.load(sys.stdin)
    shelf = Shelf("cpu", "float32")
    families = {name: named(paths) for name, paths in told["models"].items()}
    for family in families.values():
        shelf.lease(family)
    results = []
    for place, model, death in told["work"]:
        studio = Studio(Path(place) / "pictures", families[model], shelf)
        results.append(killed(Path(place), Death(**death), studio) if death else finished(studio))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
