"""What one person keeps private reaches nobody else, whatever they call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfumato.studio.store import Filters, JobRow, NotThere, PictureRow, Store
from sfumato.studio.store.tables import BOARDS, JOBS, LINEAGE, PICTURES, PINNED
from test_store.conftest import job, picture


class Thing(NamedTuple):
    """Who made it, whether it is private, trashed, and whether it was private from the beginning."""

    owner: int
    private: bool
    trashed: bool
    from_begin: bool


THING = st.builds(Thing, st.integers(0, 2), st.booleans(), st.booleans(), st.booleans())
VECTOR = np.ones(4, np.float16)


def filled(store: Store, people: list[str], things: list[Thing]) -> dict[str, set[str]]:
    """Jobs, pictures (each made from all before it) and boards; for every person what they may see."""
    with store.database.writing() as connection:
        for table in (PINNED, BOARDS, LINEAGE, PICTURES, JOBS):
            connection.execute(table.delete())
    may: dict[str, set[str]] = {person: set() for person in people}
    contents: list[str] = []
    for seed, thing in enumerate(things):
        owner = people[thing.owner]
        row = store.jobs.accept(job(seed=seed), owner, private=thing.private)
        made = picture(seed=seed, blob=VECTOR.tobytes(), inputs=tuple(contents))
        store.pictures.add([made], owner, thing.private and thing.from_begin)
        store.pictures.hide([made.id], owner, thing.private)
        contents.append(made.content)
        board = store.boards.add("b", owner, thing.private)
        store.boards.pin(board.id, [own.id for own in store.pictures.search(viewer=owner).rows], owner)
        if thing.trashed:
            store.pictures.trash([made.id], owner)
        for person in people if not thing.private else [owner]:
            may[person] |= {row.id, made.id, board.id}
    return may


def reached(store: Store, viewer: str, every: set[str]) -> dict[str, set[str]]:
    """All that a person gets to see, by the function that shows it."""
    pictures, boards = store.pictures, [board.id for board in store.boards.listed(None)]
    searches = [Filters(), Filters(trash=True), *(Filters(board=board) for board in boards)]
    listed: dict[str, list[str]] = {
        "jobs": [row.id for row in store.jobs.listed(viewer)],
        "boards": [row.id for row in store.boards.listed(viewer)],
        "changed": [change.row.id for change in store.changed(0, viewer) if not is_end(change.row)],
        "similar": [own.row.id for own in pictures.similar(VECTOR, 99, viewer=viewer)],
        "search": [row.id for own in searches for row in pictures.search(filters=own, viewer=viewer).rows],
        "words": [row.id for word in ("fox", "re") for row in pictures.search(word, viewer=viewer).rows],
    }
    for kin in (pictures.parents, pictures.children):
        listed[kin.__name__] = [row.id for which in every for row in kin(which, viewer)]
    for get in (pictures.get, store.jobs.get):
        listed[f"get {get.__qualname__}"] = [which for which in every if there(get, which, viewer)]
    return {name: set(ids) for name, ids in listed.items()}


def is_end(row: JobRow | PictureRow) -> bool:
    """Whether it only tells that a picture, which could be seen for a moment, is gone."""
    told = isinstance(row, PictureRow) and (row.prompt or row.path or row.content or row.tags or row.blob)
    return row.gone and not told


def there(get, which: str, viewer: str) -> bool:
    try:
        return get(which, viewer).id == which
    except NotThere:
        return False


def test_what_is_private_reaches_nobody_else(store: Store, ann: str, bob: str) -> None:
    people = [ann, bob, store.people.add("root", "admin").id]
    examples = 25 if store.database.engine.dialect.name == "sqlite" else 5
    few = settings(max_examples=examples, suppress_health_check=list(HealthCheck))

    @few
    @given(st.lists(THING, max_size=6))
    def check(things: list[Thing]) -> None:
        may = filled(store, people, things)
        every = set().union(*may.values())
        for viewer in people:
            for name, ids in reached(store, viewer, every).items():
                assert ids <= may[viewer], f"{name} tells too much"
            own = {f"a red fox/{n}-0" for n, thing in enumerate(things) if people[thing.owner] == viewer}
            told = {change.row.id for change in store.changed(0, viewer)}
            assert own <= told, "nothing own is hidden"

    check()


def test_a_picture_of_another_is_pinned_only_where_it_is_seen(store: Store, ann: str, bob: str) -> None:
    (row,) = store.pictures.add([picture()], bob, private=True)
    board = store.boards.add("b", ann)
    with pytest.raises(NotThere):
        store.boards.pin(board.id, [row.id], ann)
    with pytest.raises(NotThere):
        store.boards.pin(board.id, [row.id], bob)  # not his board


def test_a_private_board_does_not_say_what_is_on_it(store: Store, ann: str, bob: str) -> None:
    (row,) = store.pictures.add([picture()], bob)
    board = store.boards.add("b", ann, private=True)
    store.boards.pin(board.id, [row.id], ann)
    filters = Filters(board=board.id)
    assert store.pictures.search(filters=filters, viewer=ann).rows == [row]
    assert store.pictures.search(filters=filters, viewer=bob).rows == []
