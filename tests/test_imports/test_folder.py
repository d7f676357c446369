"""Folders of many programs' files, brought into a store once; and what a store makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sfumato.plan import Input, Plan, Seed
from sfumato.studio import Job, Picture
from sfumato.studio.gallery import keep
from sfumato.studio.given import digest
from sfumato.studio.imports.folder import Progress, import_folder
from sfumato.studio.store import Store
from test_imports import writers as w

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "plan-v3.json"
PARENT, CHILD = "f" + w.JOB[1:], "0" + w.JOB[1:]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/data/store.sqlite", tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def ann(store: Store) -> str:
    return store.people.add("ann").id


def plan(prompt: str, inputs: tuple[str, ...] = ()) -> Plan:
    golden = Plan.from_json(GOLDEN.read_text(encoding="utf-8"))
    read = tuple(Input(role="start", hash=own) for own in inputs)
    return golden.model_copy(update={"prompt": prompt, "inputs": read, "seeds": (Seed(number=4),)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five programs' files, our own with its parent, a grid, and what cannot be read."""
    found = tmp_path / "found"
    (found / "below").mkdir(parents=True)
    w.png(found / "below" / "a.png", {"parameters": w.AUTOMATIC}, 1)
    w.png(found / "again.PNG", {"parameters": "the same pixels"}, 1)
    w.png(found / "c.png", {"prompt": w.dumped(w.COMFY)}, 2)
    w.commented(found / "d.jpg", w.AUTOMATIC)
    (found / "broken.png").write_bytes((found / "c.png").read_bytes()[:60])
    (found / ".hidden.png").write_bytes((found / "c.png").read_bytes())
    (found / "notes.txt").write_text("no picture")
    pixels = np.full((32, 48, 3), 9, np.uint8)
    keep(Picture(pixels, plan("a ship"), 0, PARENT, {}), found)
    keep(Picture(pixels, plan("a ship"), None, PARENT, {}), found)
    keep(Picture(pixels + 1, plan("a boat", (digest(pixels),)), 0, CHILD, {}), found)
    return found


def statuses(steps: list[Progress]) -> dict[str, int]:
    return dict(Counter(step.result.status for step in steps))


def test_a_folder_is_brought_in_once(store: Store, ann: str, folder: Path) -> None:
    steps = list(import_folder(store, folder, ann))
    assert statuses(steps) == {"added": 5, "known": 1, "skipped": 1, "failed": 1}
    assert [step.done for step in steps] == list(range(1, steps[0].total + 1))
    failed = next(step for step in steps if step.result.status == "failed")
    assert failed.path.name == "broken.png" and "broken.png" in failed.result.reason
    again = list(import_folder(store, folder, ann))
    assert statuses(again) == {"known": 6, "skipped": 1, "failed": 1}
    assert len(store.pictures.search().rows) == 5


def test_what_is_kept_of_them(store: Store, ann: str, folder: Path) -> None:
    list(import_folder(store, folder, ann))
    (comfy,) = store.pictures.search("galaxy").rows
    assert (comfy.operation, comfy.model, comfy.seed) == (
        "imported",
        "v1-5-pruned.safetensors",
        156680208700286,
    )
    assert comfy.details["program"] == "ComfyUI" and comfy.details["words"] == "a glass bottle, galaxy"
    assert (store.gallery / comfy.path).read_bytes() == (folder / "c.png").read_bytes()
    assert comfy.created == pytest.approx((folder / "c.png").stat().st_mtime)
    assert store.pictures.search("comfyui sampler: euler").rows == [comfy]
    assert store.pictures.search("watermark").rows == [], "what was kept out of it does not find it"
    store.pictures.tag(comfy.id, ["bottle"])
    assert len(store.pictures.search("bottle comfyui").rows) == 1


def test_our_own_have_their_lineage(store: Store, ann: str, folder: Path) -> None:
    list(import_folder(store, folder, ann))
    assert [row.id for row in store.pictures.parents(f"{CHILD}-0")] == [f"{PARENT}-0"]
    assert store.pictures.get(f"{CHILD}-0").details == {}


def test_the_index_is_made_anew_with_them(store: Store, ann: str, folder: Path, tmp_path: Path) -> None:
    list(import_folder(store, folder, ann))
    before = {row.id: (row.prompt, row.details, row.owner) for row in store.pictures.search().rows}
    assert set(store.rebuild(store.people.add("bob").id).found) == set(before)
    assert {row.id: (row.prompt, row.details, row.owner) for row in store.pictures.search().rows} == before
    other = Store.open(f"sqlite:///{tmp_path}/new.sqlite", store.database.folder)
    built = other.rebuild(other.people.add("carl").id)
    assert len(built.found) == 5 and not built.unreadable
    other.close()


def test_nobody_fills_in_another_s_job(store: Store, ann: str, folder: Path) -> None:
    job = Job(plan("a ship"), id=PARENT)
    store.jobs.accept(job, store.people.add("bob").id)
    steps = {step.path.name: step.result for step in import_folder(store, folder, ann)}
    refused = [
        own.reason for name, own in steps.items() if name.startswith("a-ship") and own.status == "failed"
    ]
    assert len(refused) == 1 and "another person's" in refused[0]


@pytest.mark.parametrize("record", ["{}", "[]", "[" * 100_000, '{"plan": {}, "index": 0}', "x"])
def test_damaged_records(store: Store, ann: str, tmp_path: Path, record: str) -> None:
    (tmp_path / "found").mkdir()
    w.png(tmp_path / "found" / "a.png", {"sfumato": record})
    (step,) = import_folder(store, tmp_path / "found", ann)
    assert step.result.status == "failed" and step.result.reason


def test_two_people_bring_the_same_file(store: Store, ann: str, folder: Path) -> None:
    bob = store.people.add("bob").id
    for owner in (ann, bob):
        assert statuses(list(import_folder(store, folder / "below", owner, private=True))) == {"added": 1}
    (mine,) = store.pictures.search(viewer=ann).rows
    (theirs,) = store.pictures.search(viewer=bob).rows
    assert mine.path == theirs.path and mine.id != theirs.id
    store.pictures.trash([mine.id], ann)
    assert store.pictures.purge(0) == [mine.id]
    assert (store.gallery / theirs.path).exists(), "another row reads it"
    store.pictures.trash([theirs.id], bob)
    store.pictures.purge(0)
    assert not (store.gallery / theirs.path).exists()
    assert statuses(list(import_folder(store, folder / "below", ann))) == {"added": 1}


def test_no_folder(store: Store, ann: str, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="There is no folder"):
        next(import_folder(store, tmp_path / "none", ann))
