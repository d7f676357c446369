"""Sessions of browsers, and people who go."""

from __future__ import annotations

import pytest

from sfumato.studio.store import NotThere, Store
from test_store.conftest import Place, job, picture


def test_a_session_lasts_as_long_as_its_key(place: Place, store: Store, ann: str) -> None:
    key = store.people.new_key(ann)
    person, token = store.sessions.begin(key, 100)
    assert person.id == ann and store.sessions.person(token) == person
    with pytest.raises(NotThere):
        store.sessions.begin("wrong", 100)
    with pytest.raises(NotThere):
        store.sessions.person(key)
    store.people.new_key(ann)
    with pytest.raises(NotThere):
        store.sessions.person(token)


@pytest.mark.parametrize("how", ["time", "end", "revoke", "remove"])
def test_how_a_session_ends(place: Place, store: Store, ann: str, how: str) -> None:
    _, token = store.sessions.begin(store.people.new_key(ann), 100)
    if how == "time":
        place.clock.now += 100
        assert store.sessions.sweep() == 1
    elif how == "end":
        store.sessions.end(token)
    elif how == "revoke":
        store.people.revoke(ann)
    else:
        store.people.remove(ann)
    with pytest.raises(NotThere):
        store.sessions.person(token)


def test_who_goes_leaves_what_all_may_see(store: Store, ann: str, bob: str) -> None:
    key = store.people.new_key(ann)
    shown, secret = (store.pictures.add([picture(seed=n)], ann, private=n == 2)[0] for n in (1, 2))
    waiting = store.jobs.accept(job("a secret"), ann, private=True)
    store.boards.add("mine", ann, private=True)
    store.people.remove(ann)
    assert [own.name for own in store.people.all()] == ["bob"]
    assert [row.id for row in store.pictures.search().rows] == [shown.id]
    assert store.jobs.get(waiting.id).gone and store.boards.listed() == []
    gone = [change.row for change in store.changed(0) if change.row.gone]
    assert {row.id for row in gone} == {secret.id, waiting.id}
    with pytest.raises(NotThere):
        store.people.by_key(key)
    for act in (store.people.remove, store.people.new_key):
        with pytest.raises(NotThere):
            act(ann)
    assert store.people.add("ann").id != ann, "the name is free"
