"""Killed at an exact instant, a job goes on and ends with the same files, byte for byte. See dying.py."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from sfumato.engine import load
from sfumato.studio.running import NAME
from test_studio.dying import ID, LAST_WORDS, Death
from tinies.sdxl import both

Chain = tuple[Death, ...]  # a job's deaths, one after the other; each process goes on from the one before

BASE: Mapping[str, int] = MappingProxyType({"house": 5, "sdxl": 6})  # rounds of the first stage, Heun's
ROUNDS = 9  # of both stages
WITHIN: Mapping[str, str] = MappingProxyType(
    {"encoding": "conditions", "sampling": "answer", "decoding": "decode", "writing": "keep"}
)

pytestmark = [
    pytest.mark.minutes,
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there"),
    pytest.mark.filterwarnings("ignore"),  # of the libraries that hold the networks
]


def deaths(moment: str, model: str, *places: tuple[int, int, int]) -> Chain:
    """`places` are the rounds, files and count of each."""
    return tuple(Death(model, moment, *place) for place in places)


ENCODING = (
    *deaths("encoding", "house", (0, 0, 1), (0, 0, 17), (0, 0, 40), (4, 0, 1), (4, 0, 20)),
    *deaths("encoding", "sdxl", (0, 0, 2), (0, 0, 100), (0, 0, 190), (5, 0, 3), (5, 0, 110)),
)
SAMPLING = (
    *deaths("sampling", "house", (0, 0, 300), (1, 0, 40), (4, 0, 133)),
    *deaths("sampling", "house", (5, 0, 1), (6, 0, 50), (8, 0, 90)),
    *deaths("sampling", "sdxl", (2, 0, 7), (3, 0, 200), (6, 0, 400), (7, 0, 100)),
)
DECODING = deaths("decoding", "sdxl", *[(8, 0, 1 + 29 * turn) for turn in range(10)])
WRITING = (
    *deaths("writing", "house", (9, 0, 1), (9, 1, 8192), (9, 2, 20000), (9, 3, 21000), (9, 4, 90000)),
    *deaths("writing", "sdxl", (9, 0, 8), (9, 1, 33), (9, 2, 1000), (9, 3, 4700), (9, 4, 13000)),
)
FINISHED = (  # and not renamed
    *deaths("commit", "house", (9, 0, 1), (9, 2, 1)),
    *deaths("commit", "sdxl", (9, 1, 1), (9, 4, 1)),
)
BETWEEN = (*deaths("commit", "house", (9, 3, 0)), *deaths("commit", "sdxl", (9, 1, 0), (9, 5, 0)))
FORGETTING = (*deaths("commit", "house", (9, 5, 4)), *deaths("commit", "sdxl", (9, 5, 2), (9, 5, 8)))
SAVING = (
    *deaths("saving", "house", (3, 0, 1), (3, 0, 3)),
    *deaths("saving", "sdxl", (3, 0, 2), (3, 0, 4)),
)
UNRECORDED = Death("sdxl", "saving", count=1)
UNDISTURBED = tuple(Death(model, "commit", files=9) for model in BASE)
GOING_ON = (*ENCODING, *SAMPLING, *DECODING, *WRITING, *FINISHED, *BETWEEN, *SAVING)
TWICE = (
    (SAMPLING[1], Death("house", "sampling", rounds=2, count=9)),
    (SAMPLING[4], Death("house", "saving", rounds=1, count=3)),
    (ENCODING[5], Death("sdxl", "decoding", rounds=8, count=5)),
    (SAMPLING[7], Death("sdxl", "encoding", rounds=2, count=5)),
    (DECODING[4], Death("sdxl", "writing", rounds=1, files=2, count=500)),
    (WRITING[1], Death("house", "writing", files=3, count=700)),
    (FINISHED[3], Death("sdxl", "commit", rounds=1, files=2, count=1)),
    (BETWEEN[2], Death("sdxl", "commit", files=5, count=3)),
)


class Scene(NamedTuple):
    """What a process left in a folder.

    files   finished files by name
    half    half-written ones
    states  the stage and the step of every saved state
    record  whether the job's record is there
    job     how many names are in the job's folder, None where it is gone
    """

    files: dict[str, bytes]
    half: list[bytes]
    states: list[tuple[int, int]]
    record: bool
    job: int | None


class Life(NamedTuple):
    """A job from death to death to its end.

    codes   exit codes of the killed processes
    scenes  what each of them left
    said    the functions each of them died in
    rounds  of the process that finished the job
    names   of everything in the folder in the end
    files   finished ones, in the end
    """

    codes: list[int]
    scenes: list[Scene]
    said: list[frozenset[str]]
    rounds: int
    names: list[str]
    files: dict[str, bytes]


def seen(folder: Path) -> Scene:
    pictures, own = folder / "pictures", folder / "pictures" / NAME / ID
    states = [load(path.read_bytes()) for path in sorted(own.glob("*.state"))]
    return Scene(
        files={path.name: path.read_bytes() for path in pictures.glob("*.png")},
        half=[path.read_bytes() for path in pictures.glob(".*.partial")],
        states=[(state.stage, state.step) for state in states],
        record=(own / "record.json").exists(),
        job=len(list(own.iterdir())) if own.exists() else None,
    )


def worked(models: Mapping[str, Sequence[str]], work: Sequence[tuple[Path, str, Death | None]]) -> list[int]:
    """What dying.py says of this work."""
    told = [(str(folder), model, death and asdict(death)) for folder, model, death in work]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("dying.py")],
        input=json.dumps({"models": models, "work": told}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # forked processes cannot share a pool of threads
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[Chain, Life]:
    """Every chain of deaths, lived through: all first deaths, then all second ones, then all ends."""
    root = tmp_path_factory.mktemp("killed")
    models = {"house": [], "sdxl": [str(path) for path in both(root)]}
    chains = [(death,) for death in (*UNDISTURBED, *GOING_ON, *FORGETTING, UNRECORDED)] + list(TWICE)
    folders = {chain: root / str(number) for number, chain in enumerate(chains)}
    known: dict[Chain, list[tuple[int, Scene, frozenset[str]]]] = {chain: [] for chain in chains}
    for turn in range(2):
        left = [chain for chain in chains if len(chain) > turn]
        codes = worked(models, [(folders[chain], chain[turn].model, chain[turn]) for chain in left])
        for chain, code in zip(left, codes, strict=True):
            words = folders[chain] / LAST_WORDS
            said = words.read_text(encoding="utf-8").split() if words.exists() else ()
            known[chain].append((code, seen(folders[chain]), frozenset(said)))
    rounds = worked(models, [(folders[chain], chain[0].model, None) for chain in chains])
    return {
        chain: ended(folders[chain], known[chain], own) for chain, own in zip(chains, rounds, strict=True)
    }


def ended(folder: Path, known: Sequence[tuple[int, Scene, frozenset[str]]], rounds: int) -> Life:
    codes, scenes, said = map(list, zip(*known, strict=True))
    names = sorted(path.name for path in (folder / "pictures").iterdir())
    return Life(codes, scenes, said, rounds, names, seen(folder).files)


@pytest.fixture(scope="module")
def whole(lives: dict[Chain, Life]) -> dict[str, dict[str, bytes]]:
    """The files of an undisturbed run, by model; names in the order in which they are written."""
    for death in UNDISTURBED:
        assert lives[death,].codes == [0] and len(lives[death,].files) == 5
    return {death.model: dict(sorted(lives[death,].files.items())) for death in UNDISTURBED}


def place(model: str, rounds: int) -> tuple[int, int]:
    """The stage and the step of a picture that has so many rounds behind it."""
    if rounds == ROUNDS:
        return 2, 0
    return (0, rounds) if rounds < BASE[model] else (1, rounds - BASE[model])


def scene_of(death: Death, whole: Mapping[str, bytes]) -> Scene:
    """What a process leaves that died so and was not the heir of another."""
    names = list(whole)
    states = [place(death.model, death.rounds)] * 4 if death.rounds else []
    half = []
    if death.moment == "saving":
        states[: death.count - 1] = [place(death.model, death.rounds + 1)] * (death.count - 1)
    if death.moment == "writing":
        half = [whole[names[death.files]][: death.count]]
    if death in FINISHED:
        half = [whole[names[death.files]]]
    # The lock, the record, the states, and one that is finished and not renamed.
    job = 2 + len(states) + (death.moment == "saving")
    return Scene({name: whole[name] for name in names[: death.files]}, half, states, True, job)


def shown(death: Death | Chain) -> str:
    chain = (death,) if isinstance(death, Death) else death
    return ", ".join(f"{own.moment} {own.model} {own.rounds} {own.files} {own.count}" for own in chain)


def test_there_are_ten_at_each_moment() -> None:
    commit = (*FINISHED, *BETWEEN, *FORGETTING)
    assert [len(set(own)) for own in (ENCODING, SAMPLING, DECODING, WRITING, commit)] == [10] * 5
    first = [death for death in SAMPLING if death.rounds < BASE[death.model]]
    assert len(first) == 5


@pytest.mark.parametrize("death", GOING_ON, ids=shown)
def test_it_died_at_that_instant(death: Death, lives: dict[Chain, Life], whole: dict) -> None:
    life = lives[death,]
    assert life.codes == [-signal.SIGKILL]
    assert life.scenes == [scene_of(death, whole[death.model])]
    assert WITHIN.get(death.moment, "live") in life.said[0]


@pytest.mark.parametrize("death", FORGETTING, ids=shown)
def test_it_died_while_its_job_was_being_forgotten(
    death: Death, lives: dict[Chain, Life], whole: dict
) -> None:
    life = lives[death,]
    (scene,) = life.scenes
    assert life.codes == [-signal.SIGKILL] and "forget" in life.said[0]
    assert scene.files == whole[death.model] and scene.half == [] and not scene.record
    assert scene.job == (7 - death.count if death.count < 8 else None)  # of the lock and four states


@pytest.mark.parametrize("death", (*GOING_ON, *FORGETTING), ids=shown)
def test_it_ends_with_the_same_files(death: Death, lives: dict[Chain, Life], whole: dict) -> None:
    life = lives[death,]
    assert life.names == list(whole[death.model]), "and nothing half-written, and no job under way"
    assert life.files == whole[death.model]


@pytest.mark.parametrize("death", GOING_ON, ids=shown)
def test_it_goes_on_from_where_it_stood(death: Death, lives: dict[Chain, Life]) -> None:
    assert lives[death,].rounds == max(ROUNDS - death.rounds, 1)  # the last one tells of the pictures


@pytest.mark.parametrize("death", FORGETTING, ids=shown)
def test_what_was_being_forgotten_is_not_made_again(death: Death, lives: dict[Chain, Life]) -> None:
    assert lives[death,].rounds == 0


def rounds_of(model: str, scene: Scene) -> int:
    """How many rounds the picture that is furthest behind has behind it; 0 without states."""
    places = [place(model, rounds) for rounds in range(ROUNDS + 1)]
    return min((places.index(own) for own in scene.states), default=0)


@pytest.mark.parametrize("chain", TWICE, ids=shown)
def test_killed_again_on_the_way_it_still_goes_on(
    chain: Chain, lives: dict[Chain, Life], whole: dict
) -> None:
    life, model = lives[chain], chain[0].model
    assert life.codes == [-signal.SIGKILL] * 2
    first, second = (rounds_of(model, scene) for scene in life.scenes)
    assert (first, second) == (chain[0].rounds, min(chain[0].rounds + chain[1].rounds, ROUNDS))
    assert life.rounds == (max(ROUNDS - second, 1) if life.scenes[1].record else 0)
    assert life.names == list(whole[model]) and life.files == whole[model]


def test_a_job_without_a_record_leaves_nothing(lives: dict[Chain, Life]) -> None:
    life = lives[UNRECORDED,]
    assert life.codes == [-signal.SIGKILL]
    assert life.scenes[0].job == 2 and not life.scenes[0].record  # the lock, and a record not yet renamed
    assert life.rounds == 0 and life.names == []
