"""Jobs in company: the bytes they give alone, progress on the way, and nobody falls with another."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sfumato.engine import Commission, Group, Rows
from sfumato.engine.leg import ladder_of
from sfumato.models.family import families
from sfumato.models.house import House
from sfumato.studio import Job, Shelf, give
from sfumato.studio.collection import card
from sfumato.studio.store import JobRow, PictureRow, Store
from sfumato.studio.store.given import file_of
from sfumato.studio.studio import Wishes
from sfumato.studio.worker import Worker, desk
from sfumato.studio.worker.sprite import MOST_BYTES, sprite
from test_worker.conftest import LONG, Half, at_work, ended, files, job, left, opened, until

Alone = Callable[..., dict[str, bytes]]


def reason(store: Store, row: JobRow) -> tuple[str, str]:
    now = store.jobs.get(row.id)
    return now.status, now.reason


def test_many_jobs_of_two_people_give_the_bytes_they_give_alone(
    store: Store, shelf: Shelf, ann: str, alone: Alone
) -> None:
    bob, passes = store.people.add("bob").id, shelf.lease(families()[0]).batcher
    jobs = [
        job(f"a {thing} --seed {n}", pictures=1 + n) for n, thing in enumerate(("fox", "ship", "tree", "cat"))
    ]
    rows = [store.jobs.accept(own, (ann, bob)[n % 2]) for n, own in enumerate(jobs)]
    with at_work(Worker(store, shelf, "w")):
        until(ended(store, *rows))
    (known,) = passes._known.values()
    assert max(known.rows.passes) > 8, "a job of four pictures asks about eight rows: others were with it"
    assert files(store.gallery) == alone(*jobs)
    found = store.pictures.search(limit=100).rows
    assert sorted(own.id for own in found) == sorted(
        f"{own.id}-{n}" for own in jobs for n in range(len(own.plan.seeds))
    )
    assert {own.owner for own in found} == {ann, bob} and left(store) == []
    assert {store.jobs.get(row.id).worker for row in rows} == {"w"}


def test_progress_comes_with_small_previews(store: Store, shelf: Shelf, ann: str) -> None:
    seen: dict[int, JobRow] = {}
    row = store.jobs.accept(job("a fox --seed 3", LONG), ann)
    with at_work(Worker(store, shelf)):
        while not ended(store, row)():
            now = store.jobs.get(row.id)
            seen[now.rev] = now
    shown = [own.preview for own in seen.values() if own.preview]
    assert len(set(shown)) > 2 and max(map(len, shown)) <= MOST_BYTES
    sizes = {Image.open(BytesIO(own)).size for own in shown}
    assert (64, 64) in sizes and sizes <= {(64, 64), (256, 256)}, "the grids of both stages"
    steps = [own.done for own in seen.values()]
    assert steps == sorted(steps) and {own.total for own in seen.values()} == {0, 4 * 22}


@pytest.mark.parametrize("size", [(64, 64, 3), (2048, 1024, 3)])
def test_a_sprite_is_small_whatever_it_shows(size: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    data = sprite(noise)
    image = Image.open(BytesIO(data))
    assert len(data) <= MOST_BYTES and max(image.size) <= 256 and image.format == "WEBP"


@pytest.mark.parametrize(("raises", "said"), [(False, "not finite"), (True, "half is too much")])
def test_one_job_fails_and_the_others_in_its_passes_go_on(
    raises: bool,
    said: str,
    store: Store,
    shelf: Shelf,
    ann: str,
    alone: Alone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = Half(raises=raises)
    monkeypatch.setattr(card, "families", lambda: (half,))  # as shipped, so with the same licence in files
    good = [job(f"a fox --seed {n}", pictures=2) for n in (5, 6)]
    bad = job("a fox --seed 7", {"base.steps": "2", "upper.steps": "2"}, pictures=2)
    assert 0.5 in ladder_of(shelf.lease(families()[0]).model.stages[0], bad.plan, bad.plan.stages[0]).times
    rows = [store.jobs.accept(own, ann) for own in (good[0], bad, good[1])]
    faulty = Shelf("cpu", "float32")
    with at_work(Worker(store, faulty, families={"half": half})):
        until(ended(store, *rows))
    faulty.close()
    status, why = reason(store, rows[1])
    assert status == "failed" and said in why
    assert files(store.gallery) == alone(*good) and left(store) == []


def test_a_kind_of_model_that_nobody_has_is_said(
    store: Store, shelf: Shelf, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "GRACE", 0.5)
    row = store.jobs.accept(job("a fox"), ann)
    with at_work(Worker(store, shelf, families={})):
        until(ended(store, row))
    status, why = reason(store, row)
    assert status == "failed" and "no worker of this server has a model of the kind 'house'" in why.lower()
    assert why.endswith("then retry this job.")


def test_missing_weights_are_said(
    store: Store, shelf: Shelf, ann: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "GRACE", 0.5)
    row = store.jobs.accept(job("a fox"), ann)
    gone = House(base=tmp_path / "gone.safetensors")
    with at_work(Worker(store, shelf, families={"mine": gone})):
        until(ended(store, row))
    assert reason(store, row) == (
        "failed",
        "The weights gone.safetensors are not on this machine: put them back, then retry this job.",
    )


def test_a_job_waits_for_the_worker_that_has_its_model(
    store: Store, shelf: Shelf, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "GRACE", 0.0)
    other = opened(store.database.folder)
    other.workers.here("elsewhere", ["house"], 60)
    rows = [store.jobs.accept(job(f"a fox --seed {seed}"), ann) for seed in range(3)]
    with at_work(Worker(store, shelf, "without", families={})):
        assert other.workers.stranded(0) == [], "somebody has it"
        with at_work(Worker(other, shelf, "with")):
            until(ended(store, *rows))
    assert {(store.jobs.get(row.id).status, store.jobs.get(row.id).worker) for row in rows} == {
        ("done", "with")
    }
    assert store.workers.stranded(0) == []
    other.close()


def test_of_two_models_of_a_kind_the_one_that_can_makes_it(
    store: Store, shelf: Shelf, ann: str, tmp_path: Path
) -> None:
    row = store.jobs.accept(job("a fox"), ann)
    models = {"mine": House(base=tmp_path / "gone.safetensors"), "shipped": families()[0]}
    with at_work(Worker(store, shelf, families=models)):
        until(ended(store, row))
    assert reason(store, row) == ("done", "")


def test_a_lost_picture_is_said(store: Store, shelf: Shelf, ann: str, tmp_path: Path) -> None:
    from sfumato.studio import Studio

    Image.new("RGB", (30, 30), (20, 90, 200)).save(tmp_path / "blue.png")
    (own,) = Studio().submit("a fox", Wishes((give("start", tmp_path / "blue.png"),)))
    row = store.jobs.accept(own, ann)
    file_of(store.database.folder, own.plan.inputs[0].hash).unlink()
    with at_work(Worker(store, shelf)):
        until(ended(store, row))
    assert reason(store, row)[0] == "failed" and "give it again" in reason(store, row)[1]


def test_what_was_made_is_found_by_a_rebuild(store: Store, shelf: Shelf, ann: str, tmp_path: Path) -> None:
    row = store.jobs.accept(job("a fox --seed 5"), ann)
    with at_work(Worker(store, shelf)):
        until(ended(store, row))
    known = {own.id: own for own in store.pictures.search(limit=100).rows}
    other = opened(tmp_path / "other")
    store.gallery.rename(other.gallery)
    assert set(other.rebuild(other.people.add("bob").id).found) == set(known)
    again: dict[str, PictureRow] = {own.id: own for own in other.pictures.search(limit=100).rows}
    assert all(again[which].sha256 == own.sha256 for which, own in known.items())
    other.close()


def passes(shelf: Shelf) -> list[int]:
    """Rows of every pass of the model so far."""
    held = shelf.lease(families()[0])
    rows = held.batcher.known(held.model).rows
    assert isinstance(rows, Rows)
    return rows.passes


def passes_of(shelf: Shelf, *jobs: Job) -> list[int]:
    """Rows of every pass that these jobs take in a batcher, when all is known of the machine."""
    held = shelf.lease(families()[0])
    before = 0
    for _ in range(2):
        before = len(passes(shelf))
        for own in jobs:
            Group.enter(Commission(own.plan, held.model), held.batcher, group=own.id)
        while held.batcher.busy:
            held.batcher.step()
    return passes(shelf)[before:]


def test_jobs_that_wait_together_share_passes_from_the_first(store: Store, shelf: Shelf, ann: str) -> None:
    jobs = [job(f"a red fox --seed {number}") for number in range(4)]
    together, before = passes_of(shelf, *jobs), len(passes(shelf))
    rows = store.jobs.accept_all(jobs, ann)
    with at_work(Worker(store, shelf)):
        until(ended(store, *rows))
    assert passes(shelf)[before:] == together


def test_nothing_is_begun_beside_a_job_at_which_workers_died(store: Store, shelf: Shelf, ann: str) -> None:
    jobs = [job(f"a red fox --seed {number}") for number in range(3)]
    apart = passes_of(shelf, jobs[0]) + passes_of(shelf, *jobs[1:])
    before = len(passes(shelf))
    rows = store.jobs.accept_all(jobs, ann)
    for _ in range(2):  # under a lease that is over at once
        taken = store.queue.claim("dead", -1)
        assert taken is not None and taken.id == rows[0].id
    with at_work(Worker(store, shelf)):
        until(ended(store, *rows))
    assert [store.jobs.get(row.id).takes for row in rows] == [3, 1, 1]
    assert passes(shelf)[before:] == apart
