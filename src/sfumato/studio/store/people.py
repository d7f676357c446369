"""People: who owns jobs and pictures, and by which key they are known."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError

from sfumato.studio.store.database import Database
from sfumato.studio.store.drawn import plain
from sfumato.studio.store.errors import Conflict, NotThere
from sfumato.studio.store.holding import Holding, holding
from sfumato.studio.store.leaving import leave
from sfumato.studio.store.load import Load, load
from sfumato.studio.store.purge import purge
from sfumato.studio.store.rows import Person
from sfumato.studio.store.sessions import hashed
from sfumato.studio.store.tables import PEOPLE

Role = Literal["admin", "member", "guest"]


@dataclass(frozen=True)
class People:
    """The people of a store. Only the hash of a key is kept: a key is 256 random bits, so that is enough."""

    database: Database

    def add(self, name: str, role: Role = "member", **most: int | None) -> Person:
        """A new person, without a key. Raises Conflict where the name is taken.

        most  most_jobs, most_pictures, most_bytes: see Person
        """
        with self.database.writing() as connection:
            new = {"id": uuid4().hex, "name": plain(name), "role": role, **most}
            try:
                with connection.begin_nested():
                    connection.execute(insert(PEOPLE).values(created=self.database.now(connection), **new))
            except IntegrityError:
                raise Conflict(f"The name {name!r} is taken: choose another.") from None
            return Person.read(connection.execute(select(PEOPLE).where(PEOPLE.c.id == new["id"])).one())

    def get(self, person: str) -> Person:
        """By id. Raises NotThere."""
        return self._one(PEOPLE.c.id == person)

    def named(self, name: str) -> Person:
        """By name. Raises NotThere."""
        return self._one(PEOPLE.c.name == name)

    def by_key(self, key: str) -> Person:
        """Whose key this is. Raises NotThere."""
        return self._one(PEOPLE.c.key_hash == hashed(key))

    def all(self) -> list[Person]:
        """Everybody, by name."""
        query = select(PEOPLE).where(~PEOPLE.c.gone).order_by(PEOPLE.c.name)
        with self.database.reading() as connection:
            return [Person.read(row) for row in connection.execute(query)]

    def have_keys(self) -> bool:
        """Whether anybody has a key."""
        query = select(PEOPLE.c.id).where(PEOPLE.c.key_hash.is_not(None)).limit(1)
        with self.database.reading() as connection:
            return connection.scalar(query) is not None

    def keyed(self) -> set[str]:
        """The ids of those who have a key."""
        with self.database.reading() as connection:
            return set(connection.scalars(select(PEOPLE.c.id).where(PEOPLE.c.key_hash.is_not(None))))

    def holding(self, person: str, gallery: Path) -> Holding:
        """What a person's pictures take, by their files in the gallery."""
        with self.database.reading() as connection:
            return holding(connection, person, gallery)

    def load(self, person: str) -> Load:
        """What of their quotas a person has used."""
        with self.database.reading() as connection:
            return load(connection, person, self.database.now(connection))

    def new_key(self, person: str) -> str:
        """A key in place of the one before; it is told only now. Raises NotThere."""
        key = secrets.token_urlsafe(32)
        self._set(person, key_hash=hashed(key))
        return key

    def revoke(self, person: str) -> None:
        """Take their key away; they get another by `new_key`. Raises NotThere."""
        self._set(person, key_hash=None)

    def remove(self, person: str) -> None:
        """Key, waiting jobs, private pictures and boards go, what all may see stays. Raises NotThere."""
        leave(self.database, person)
        purge(self.database, 0.0, person)

    def change(self, person: str, role: Role, **most: int | None) -> Person:
        """Another role, other quotas. Raises NotThere."""
        self._set(person, role=role, **most)
        return self.get(person)

    def _set(self, person: str, **values: object) -> None:
        there = (PEOPLE.c.id == person, ~PEOPLE.c.gone)
        with self.database.writing() as connection:
            if not connection.execute(update(PEOPLE).where(*there).values(**values)).rowcount:
                raise NotThere("There is no such person.")

    def _one(self, where: ColumnElement[bool]) -> Person:
        with self.database.reading() as connection:
            found = connection.execute(select(PEOPLE).where(where)).one_or_none()
        if found is None:
            raise NotThere("There is no such person.")
        return Person.read(found)
