"""A database as the store uses it: short transactions, its own clock, one number for every change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    event,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate, Update

from sfumato.studio.store.bell import Bell
from sfumato.studio.store.errors import told
from sfumato.studio.store.tables import CLOCK

NUMBERED = "numbered"  # of a connection: its transaction has changes that somebody is to be told of
# Full: what was accepted is kept when the power goes, too.
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
SNAPSHOT = "REPEATABLE READ"  # what reading is in PostgreSQL; in SQLite it is so anyway
NOW = MappingProxyType(
    {
        "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
        "postgresql": "SELECT extract(epoch FROM clock_timestamp())::float8",
    }
)


@dataclass(frozen=True)
class Database:
    """An engine, the folder beside it, and what says the time.

    folder  where the files are that the rows name
    clock   seconds since 1970; None asks the database, so that servers need not agree on the time
    bell    rings when a transaction has ended well that numbered a change
    """

    engine: Engine
    folder: Path
    clock: Callable[[], float] | None = None
    bell: Bell = field(default_factory=Bell)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, all as it was at its first query. Raises Unavailable."""
        options = {} if self.engine.name == "sqlite" else {"isolation_level": SNAPSHOT}
        own = self.engine.execution_options(**options) if options else self.engine
        with told(), own.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it, or nothing. Raises Unavailable."""
        with told(), self.engine.execution_options(writes=True).begin() as connection:
            connection.info.pop(NUMBERED, None)
            yield connection
            told_of = connection.info.pop(NUMBERED, False)
        if told_of:
            self.bell.ring()

    def now(self, connection: Connection) -> float:
        """Seconds since 1970."""
        if self.clock is not None:
            return self.clock()
        return float(connection.exec_driver_sql(NOW[connection.dialect.name]).scalar_one())


def stamp(connection: Connection, *changed: tuple[Table, Sequence[str]]) -> None:
    """Give every changed row, by its id, the next number of all changes. The last act of a transaction.

    Whoever takes a number holds the clock's row until its transaction ends, so numbers become visible in
    their order: a reader that has seen one finds no smaller new one later. Taken last, it is held shortly;
    and as only rows are touched that the transaction holds already, two that wait here never wait for each
    other.
    """
    count = sum(len(ids) for _, ids in changed)
    if not count:
        return
    first = numbered(connection, count)
    for table, ids in changed:
        numbers = [{"which": which, "next": first + place} for place, which in enumerate(ids)]
        first += len(ids)
        if numbers:
            connection.execute(_stamping(table), numbers)


def numbered(connection: Connection, count: int) -> int:
    """The first of so many numbers of changes, for who writes them by itself. See `stamp`."""
    connection.info[NUMBERED] = True
    return connection.scalars(_counting(), {"more": count}).one() - count + 1


@cache
def _counting() -> ReturningUpdate:
    return update(CLOCK).values(rev=CLOCK.c.rev + bindparam("more")).returning(CLOCK.c.rev)


@cache
def _stamping(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("which")).values(rev=bindparam("next"))


def hold(connection: Connection, table: Table, *where: ColumnElement[bool]) -> list[Any]:
    """The rows, locked until the transaction ends; always in one order, so that two never wait crosswise."""
    order: Column = table.c.id
    # Keys stay, so rows that refer to these may be written meanwhile: a full lock would cross with them.
    locked = select(table).where(*where).order_by(order).with_for_update(key_share=True)
    return list(connection.execute(locked))


def insertion(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what to do about a row that is there."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def connect(url: str, patience: float) -> Engine:
    """An engine for SQLite or PostgreSQL; waits so many seconds for a lock. Raises ValueError."""
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        waiting = {"timeout": patience, "check_same_thread": False}
        engine = create_engine(url, connect_args=waiting, pool_timeout=patience)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    if kind == "postgresql":
        options = f"-c lock_timeout={int(patience * 1000)}"
        waiting = {"options": options}
        return create_engine(url, pool_pre_ping=True, connect_args=waiting, pool_timeout=patience)
    raise ValueError(
        f"A store is kept in sqlite or postgresql, not in {kind}: begin its address with one of them."
    )


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says
    connection.create_function("floor", 1, math.floor, deterministic=True)  # not every SQLite has it
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # important: one that reads first and then writes would fail at once where another wrote between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
