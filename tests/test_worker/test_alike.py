"""Likeness, end to end: pictures that the worker made, looked at by the upkeep beside it."""

from __future__ import annotations

from dataclasses import replace

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
