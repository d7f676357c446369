"""`sfumato gallery` and `sfumato jobs` on a store with real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sfumato.faces.cli.app import app
from sfumato.faces.cli.ids import picture_of, short
from sfumato.studio import Job
from sfumato.studio.local import local_owner
from sfumato.studio.store import Store
from test_web.conftest import Paint, database, paint, plan, store

__all__ = ["database", "paint", "store"]


@pytest.fixture
def me(store: Store) -> str:
    return local_owner(store).id


def told(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--data", str(folder)], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result.output


def refused(folder: Path, *words: str) -> str:
    with pytest.raises(ValueError) as error:
        told(folder, *words)
    return str(error.value)


def test_found_by_what_they_are(tmp_path: Path, store: Store, paint: Paint, me: str) -> None:
    fox, owl = paint(me, "a red fox"), paint(me, "雪地里的猫头鹰", seed=2)
    board = store.boards.add("Birds", me)
    store.boards.pin(board.id, [owl], me)
    told(tmp_path, "gallery", "like", fox)

    def ids(*words: str) -> list[str]:
        found = json.loads(told(tmp_path, "gallery", "list", "--json", *words))["pictures"]
        return [own["id"] for own in found]

    assert set(ids()) == {fox, owl} and ids("fox") == [fox] and ids("猫头鹰") == [owl]
    assert ids("--liked") == [fox] and ids("--board", "Birds") == [owl] and ids("-m", "nobody") == []
    assert len(ids("--since", "1h")) == 2 and ids("--since", "2999-01-01") == [] and len(ids("-n", "1")) == 1
    assert "there are 'Birds'" in refused(tmp_path, "gallery", "list", "--board", "Fish")
    assert "write 2026-11-23" in refused(tmp_path, "gallery", "list", "--since", "soon")
    table = told(tmp_path, "gallery", "list")
    assert "♥" in table and "雪地里的猫头鹰" in table


def test_judged_and_put_away(tmp_path: Path, store: Store, paint: Paint, me: str) -> None:
    fox, owl = paint(me, "a red fox"), paint(me, "an owl", seed=2)
    rev = store.rev
    told(tmp_path, "gallery", "rate", fox, owl, "--stars", "4")
    told(tmp_path, "gallery", "like", "last")
    told(tmp_path, "gallery", "trash", fox)
    assert [own.rating for own in map(store.pictures.get, (fox, owl))] == [4, 4]
    assert store.rev > rev and store.pictures.get(fox).trashed
    assert "an owl" in told(tmp_path, "gallery", "list") and "a red fox" in told(
        tmp_path, "gallery", "list", "--trash"
    )
    told(tmp_path, "gallery", "untrash", fox)
    assert store.pictures.get(fox).trashed is None


def test_a_picture_with_its_family(tmp_path: Path, store: Store, paint: Paint, me: str) -> None:
    root = paint(me, "a fox")
    child = paint(me, "a red fox", seed=2, inputs=(store.pictures.get(root).content,))
    leaf = paint(me, "a blue fox", seed=3, inputs=(store.pictures.get(child).content,))
    shown = told(tmp_path, "gallery", "show", child)
    assert (
        shown.index(f"\n{short(root)}")
        < shown.index(f"└── {short(child)}")
        < shown.index(f"    └── {short(leaf)}")
    )
    assert "prompt    a red fox" in shown and str(store.gallery) in shown
    record = json.loads(told(tmp_path, "gallery", "show", child, "--json"))
    assert (record["parents"], record["children"]) == ([root], [leaf]) and record["plan"][
        "prompt"
    ] == "a red fox"


def test_ids_are_as_short_as_they_can_be(store: Store, paint: Paint, me: str) -> None:
    ids = [paint(me, seed=seed) for seed in (1, 12)]
    assert [picture_of(store, own) for own in ids] == ids
    assert picture_of(store, ids[0][:-3]) == ids[0] and picture_of(store, "last") in ids
    with pytest.raises(ValueError, match="Write more of it"):
        picture_of(store, ids[0][:4])
    with pytest.raises(ValueError, match="There is no picture 'zz'"):
        picture_of(store, "zz")
    with pytest.raises(ValueError, match="There is no picture '%'"):
        picture_of(store, "%")
    other = store.people.add("ann").id
    hidden = paint(other, "secret", seed=7, private=True)
    with pytest.raises(ValueError, match="There is no picture"):
        picture_of(store, hidden)


def test_exported_rebuilt_backed_up(tmp_path: Path, store: Store, paint: Paint, me: str) -> None:
    fox = paint(me)
    (path,) = told(tmp_path, "gallery", "export", fox, str(tmp_path / "out")).split()
    assert Path(path).read_bytes() == (store.gallery / store.pictures.get(fox).path).read_bytes()
    assert "1 pictures found" in told(tmp_path, "gallery", "rebuild")
    told(tmp_path, "gallery", "backup", str(tmp_path / "backup"))
    assert "is there already" in refused(tmp_path, "gallery", "backup", str(tmp_path / "backup"))
    told(tmp_path / "new", "gallery", "restore", str(tmp_path / "backup"))
    assert fox in told(tmp_path / "new", "gallery", "list", "--json")
    assert "not empty" in refused(tmp_path, "gallery", "restore", str(tmp_path / "backup"))


def test_jobs_are_moved(tmp_path: Path, store: Store, me: str) -> None:
    first, second = (store.jobs.accept(Job(plan(own, 1)), me).id for own in ("a fox", "an owl"))
    assert first[:8] in told(tmp_path, "jobs", "list") and "an owl" in told(tmp_path, "jobs", "list")
    for move, status in (
        ("pause", "paused"),
        ("resume", "queued"),
        ("cancel", "cancelled"),
        ("retry", "queued"),
    ):
        assert told(tmp_path, "jobs", move, "last") == f"{second}  {status}\n"
        assert store.jobs.get(second).status == status
    told(tmp_path, "jobs", "cancel", first[:8], second)
    listed = json.loads(told(tmp_path, "jobs", "list", "--status", "cancelled", "--json"))["jobs"]
    assert {job["id"] for job in listed} == {first, second} and {job["prompt"] for job in listed} == {
        "a fox",
        "an owl",
    }
    assert "cannot pause" in refused(tmp_path, "jobs", "pause", first)
    assert "no such jobs" in told(tmp_path, "jobs", "list", "--status", "failed")
