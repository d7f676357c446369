"""Likeness, end to end: pictures that the worker made, looked at by the upkeep beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfumato.plan import Vary
from sfumato.studio import Shelf, Studio, Wishes, give
from sfumato.studio.store import Store
from sfumato.studio.upkeep import Upkeep
from sfumato.studio.words import words
from sfumato.studio.worker import Worker
from test_worker.conftest import QUICK, at_work, ended, job, until


def test_the_nearest_of_a_variation_is_its_parent(store: Store, shelf: Shelf, ann: str) -> None:
    things = ("a red fox", "a blue ship", "a green tree", "a yellow sunflower", "a purple castle")
    rows = [store.jobs.accept(job(f"{thing} --seed 3", pictures=1), ann) for thing in things]
    upkeep = Upkeep(store)
    with at_work(Worker(store, shelf)):
        until(ended(store, *rows))
        parent = store.pictures.get(f"{rows[1].id}-0")
        (prompt,) = words("a blue ship")
        source = give("start", store.gallery / parent.path)
        varied = Studio().edit(Vary(), [source], prompt, Wishes(knobs=QUICK))
        plan = varied.plan.model_copy(update={"seeds": varied.plan.seeds[:1]})
        child = store.jobs.accept(replace(varied, plan=plan), ann)
        until(ended(store, child))
    assert store.pictures.get(f"{child.id}-0").embedding is None, "a job does not wait for it"
    upkeep.turn()
    embedding = store.pictures.get(f"{child.id}-0").embedding
    assert embedding is not None
    near = [own.row.id for own in store.pictures.similar(embedding, 3)]
    assert near[:2] == [f"{child.id}-0", parent.id]


def test_new_pictures_wait_for_jobs_but_not_for_long(
    store: Store, shelf: Shelf, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = store.jobs.accept(job("a red fox", pictures=1), ann)
    with at_work(Worker(store, shelf)):
        until(ended(store, row))
    waiting = store.jobs.accept(job("a blue ship"), ann)
    running = store.queue.claim("w", 60)
    assert running is not None and running.id == waiting.id
    upkeep = Upkeep(store)
    upkeep.turn()
    assert store.pictures.get(f"{row.id}-0").embedding is None, "something is painted"
    monkeypatch.setattr("sfumato.studio.upkeep.LATE", 0.0)
    Upkeep(store).turn()
    assert store.pictures.get(f"{row.id}-0").embedding is not None, "it waited for long"
    new = store.jobs.accept(job("a green tree", pictures=1), ann)
    store.queue.fail(running, "no")
    with at_work(Worker(store, shelf)):
        until(ended(store, new))
    upkeep.turn()
    assert store.pictures.get(f"{new.id}-0").embedding is not None, "nothing is painted"
