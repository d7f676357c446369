"""People and their keys."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sfumato.studio.store import Conflict, NotThere, Store
from sfumato.studio.store.tables import PEOPLE


def test_a_person_is_known_by_the_newest_key(store: Store, ann: str, bob: str) -> None:
    old = store.people.new_key(ann)
    key = store.people.new_key(ann)
    assert store.people.by_key(key).id == ann
    for wrong in (old, "", key[:-1]):
        with pytest.raises(NotThere):
            store.people.by_key(wrong)
    with store.database.reading() as connection:
        assert key not in str(connection.execute(select(PEOPLE)).all())


def test_roles_and_quotas(store: Store) -> None:
    person = store.people.add("eve", "guest", most_jobs=2, most_bytes=2**40)
    assert person.most_bytes == 2**40
    assert (person.role, person.most_jobs, person.most_pictures) == ("guest", 2, None)
    assert store.people.change(person.id, "admin", most_jobs=None).role == "admin"
    assert store.people.named("eve").most_jobs is None and store.people.all() == [store.people.get(person.id)]


def test_a_name_is_taken_once(store: Store, ann: str) -> None:
    with pytest.raises(Conflict, match="'ann' is taken"):
        store.people.add("ann")
    for act in (store.people.get, store.people.named, store.people.new_key):
        with pytest.raises(NotThere):
            act("nobody")
