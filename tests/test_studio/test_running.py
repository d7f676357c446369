"""A killed job goes on where it stood and ends with the same pictures: real processes, real kill -9."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch

from sfumato.engine import State, load
from sfumato.studio import Job, Picture, Running, Studio, Wishes, give, read_kept, running
from sfumato.studio.gallery import PARTIAL, begun
from sfumato.studio.lock import take
from sfumato.studio.running import LOCK, NAME, Saved

PROMPT = "a ship on the sea --seed 3 --q .5"
HEUN = ("-k", "base.sampler=heun")  # and the upper stage's is Euler's
FULL = Path("/dev/full")  # a disk that is always full
START = "import sys; from sfumato.faces.cli import main; sys.argv[0] = 'sfumato'; sys.exit(main())"


def begin(cwd: Path) -> subprocess.Popen[bytes]:
    """`sfumato imagine` as a process of its own."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-c", START, "imagine", PROMPT, *HEUN], cwd=cwd, **quiet)


def own(folder: Path) -> Path | None:
    """The folder of the one job under way."""
    record = next((folder / "pictures" / NAME).glob("*/record.json"), None)
    return record.parent if record else None


def stage_of(folder: Path) -> int:
    """The stage that the first picture's saved state is in; -1 where there is none."""
    try:
        found = own(folder)
        return load((found / "0.state").read_bytes()).stage if found else -1
    except (OSError, ValueError):
        return -1


MOMENTS: Mapping[str, Callable[[Path], bool]] = MappingProxyType(
    {
        "encoding": lambda folder: any((folder / "pictures").glob(f"{NAME}/*/record.json")),
        "sampling": lambda folder: stage_of(folder) == 0,
        "the second stage": lambda folder: stage_of(folder) == 1,
        "writing": lambda folder: any((folder / "pictures").glob(".*.partial")),
        "the last files": lambda folder: len(list((folder / "pictures").glob("*.png"))) >= 2,
    }
)


def pixels(folder: Path) -> dict[int | None, np.ndarray]:
    kept = [read_kept(path) for path in (folder / "pictures").glob("*.png")]
    return {picture.index: picture.pixels for picture in kept}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int | None, np.ndarray]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert begin(folder).wait(300) == 0
    assert {path.suffix for path in (folder / "pictures").iterdir()} == {".png"}
    return pixels(folder)


def killed_at(moment: Callable[[Path], bool], folder: Path) -> bool:
    """Whether a process was killed at that moment, before it had ended by itself."""
    folder.mkdir()
    process = begin(folder)
    while process.poll() is None and not moment(folder):
        time.sleep(0.0002)
    process.send_signal(signal.SIGKILL)
    return process.wait(60) == -signal.SIGKILL and own(folder) is not None


def resumed_and_killed(folder: Path, seconds: float) -> bool:
    """Whether a process that goes on was killed after so many seconds, before it had ended by itself."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-c", START, "resume"], cwd=folder, **quiet)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait(60) == -signal.SIGKILL


@pytest.mark.minutes
@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_job_ends_with_the_same_pixels(
    moment: str, twice: bool, undisturbed: dict, tmp_path: Path
) -> None:
    folders = (tmp_path / str(attempt) for attempt in range(5))  # a moment may be missed
    folder = next(folder for folder in folders if killed_at(MOMENTS[moment], folder))
    if twice:
        assert resumed_and_killed(folder, random.uniform(0.1, 1))
    command = [sys.executable, "-c", START, "resume", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["jobs"]) == 1
    again = pixels(folder)
    assert set(again) == set(undisturbed)
    assert all(np.array_equal(again[index], undisturbed[index]) for index in undisturbed)
    left = [path.name for path in (folder / "pictures").iterdir() if path.suffix != ".png"]
    assert left == [], "nothing half-written is left"


def stopped(studio: Studio, job: Job, rounds: int) -> None:
    """The job begun and dropped after so many rounds."""
    events: Iterator[object] = studio.work(job)
    for _ in range(rounds):
        next(events)
    events.close()  # type: ignore[attr-defined]


def test_what_was_stopped_is_listed_and_goes_on(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (30, 30), (20, 90, 200)).save(tmp_path / "blue.png")
    studio = Studio(folder=tmp_path / "pictures")
    wishes = Wishes((give("start", tmp_path / "blue.png"),), knobs={"base.start": "0.5"})
    (job,) = studio.submit("a fox --seed 5 --q .5", wishes)
    whole = [made for made in Studio(shelf=studio.shelf).work(job) if isinstance(made, Picture)]
    stopped(studio, job, 6)
    ((found, device, dtype),) = studio.unfinished()
    assert (found.id, found.plan, found.notes) == (job.id, job.plan, job.notes)
    assert (device, dtype) == (whole[0].made_by["device"], whole[0].made_by["dtype"])
    resumed = [made for made in studio.work(found) if isinstance(made, Picture)]
    studio.shelf.close()
    assert all(np.array_equal(one.pixels, two.pixels) for one, two in zip(whole, resumed, strict=True))
    assert studio.unfinished() == () and not (tmp_path / "pictures" / NAME).exists()


def test_a_job_at_work_is_nobody_else_s(tmp_path: Path) -> None:
    studio = Studio(folder=tmp_path)
    (job,) = studio.submit("a fox --seed 5 --q .25")
    events = studio.work(job)
    next(events)
    assert Running(tmp_path).unfinished() == ()
    with pytest.raises(BlockingIOError, match="Another process is at work"):
        next(studio.work(job))
    events.close()  # type: ignore[attr-defined]
    assert len(Running(tmp_path).unfinished()) == 1
    studio.shelf.close()


@pytest.mark.parametrize(("error", "left"), [(ValueError, 0), (OSError, 1), (MemoryError, 1)])
def test_only_a_job_that_would_fail_again_is_forgotten(error: type, left: int, tmp_path: Path) -> None:
    studio = Studio(folder=tmp_path)
    (job,) = studio.submit("a fox --seed 5 --q .25")
    by = {"device": "cpu", "dtype": "float32"}
    with pytest.raises(error), Running(tmp_path).at_work(job, by):
        raise error
    assert len(studio.unfinished()) == left


def test_a_state_of_another_version_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FIRST", 0.0)
    studio = Studio(folder=tmp_path)
    (job,) = studio.submit("a fox --seed 5 --q .25")
    whole = [made for made in Studio(shelf=studio.shelf).work(job) if isinstance(made, Picture)]
    stopped(studio, job, 3)
    state = next((tmp_path / NAME).glob("*/0.state"))
    state.write_bytes(b"of another form")
    again = [made for made in studio.work(job) if isinstance(made, Picture)]
    studio.shelf.close()
    assert all(np.array_equal(one.pixels, two.pixels) for one, two in zip(whole, again, strict=True))


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a full disk at hand")
def test_a_disk_that_takes_no_state_does_not_end_the_picture(tmp_path: Path) -> None:
    saved, state = Saved(tmp_path, 1, rest=0.0), State(0, torch.ones(3, 4, 4), step=2)
    (tmp_path / "0.partial").symlink_to(FULL)
    saved.save_if_due([state])
    assert list(tmp_path.iterdir()) == [] and saved.rest > 0, "later it is tried again"
    saved.rest = 0.0
    saved.save_if_due([state])
    (again,) = saved.load()
    assert again is not None and again.step == 2


@pytest.mark.parametrize("record", ["", "{}", '{"plan": {"schema": 99}}'])
def test_a_job_that_cannot_be_read_is_named_and_kept(record: str, tmp_path: Path) -> None:
    own = tmp_path / NAME / "of-tomorrow"
    own.mkdir(parents=True)
    (own / "record.json").write_text(record)
    with pytest.raises(ValueError, match="of-tomorrow to give it up"):
        Running(tmp_path).unfinished()
    assert (own / "record.json").exists()


def test_a_folder_without_a_record_is_no_job(tmp_path: Path) -> None:
    (tmp_path / NAME / "half-removed").mkdir(parents=True)
    (tmp_path / NAME / "half-removed" / "0.state").write_bytes(b"left")
    (tmp_path / NAME / "at-work").mkdir()
    with (tmp_path / NAME / "at-work" / LOCK).open("w") as lock:
        take(lock)
        assert Running(tmp_path).unfinished() == ()
        assert [path.name for path in (tmp_path / NAME).iterdir()] == ["at-work"]
    assert Running(tmp_path).unfinished() == () and list(tmp_path.iterdir()) == []


def test_a_job_whose_folder_is_deleted_meanwhile_is_finished(tmp_path: Path) -> None:
    studio = Studio(folder=tmp_path)
    (job,) = studio.submit("a fox --seed 5 --q .25")
    events = studio.work(job)
    next(events)
    shutil.rmtree(tmp_path / NAME)
    assert sum(isinstance(made, Path) for made in events) == 5
    studio.shelf.close()


def test_what_was_stopped_can_be_given_up(tmp_path: Path) -> None:
    studio = Studio(folder=tmp_path)
    (job,) = studio.submit("a fox --seed 5 --q .25")
    stopped(studio, job, 1)
    studio.shelf.close()
    (tmp_path / f"{begun(job.id)}half{PARTIAL}").write_bytes(b"of a picture")
    command = [sys.executable, "-c", START, "resume", "--forget", "-o", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "forgotten: a fox" in done.stderr and list(tmp_path.iterdir()) == []
