"""The tables of a store. What changes here needs a migration: a test compares the two.

Times are seconds since 1970 (UTC). `rev` is the number of a row's last change, see `database.Database.stamp`.
A row that is `gone` is kept without its content, so that whoever knew it can be told.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

CLOCK = Table(  # one row: the number of the last change of all
    "clock",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rev", BigInteger, nullable=False),
)

PEOPLE = Table(
    "people",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("key_hash", Text, unique=True),
    Column("most_jobs", Integer),  # that may wait or run at a time; null: any number
    Column("most_pictures", Integer),  # that may be made in a day
    Column("most_bytes", BigInteger),  # that their pictures may take
    Column("created", Double(), nullable=False),
    Column("gone", Boolean, nullable=False, default=False),
    CheckConstraint("role IN ('admin', 'member', 'guest')", name="people_role"),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", Text, primary_key=True),  # hash of what the browser has
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("key_hash", Text, nullable=False),  # of the key it began with: without that key it ends
    Column("expires", Double(), nullable=False),
    Index("sessions_expires", "expires"),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, ForeignKey("people.id"), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("plan_json", Text, nullable=False),
    Column("plan_hash", Text, nullable=False),
    Column("model", Text, nullable=False),  # the kind that makes it
    Column("notes", Text, nullable=False),  # a JSON list
    Column("priority", Integer, nullable=False),
    Column("batch", Text, nullable=False),
    Column("key", Text),
    Column("board", Text),  # that its pictures go onto, where it is still there then
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempt", Integer, nullable=False),  # counts retries from 1
    Column("takes", Integer, nullable=False),  # how often this attempt was claimed and not given back
    Column("worker", Text, nullable=False),
    Column("lease", Text),
    Column("lease_until", Double()),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("preview", LargeBinary),
    Column("created", Double(), nullable=False),
    Column("queued", Double(), nullable=False),
    Column("started", Double()),
    Column("ended", Double()),
    Column("gone", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    UniqueConstraint("owner", "key", name="jobs_key"),
    Index("jobs_rev", "rev"),
    Index("jobs_status", "status"),
    Index("jobs_started", "started"),
    Index("jobs_batch", "batch"),
)

PICTURES = Table(
    "pictures",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("owner", Text, ForeignKey("people.id"), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("job", Text, nullable=False),
    Column("index", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # of the file
    Column("content", Text, nullable=False),  # of the pixels, as a plan's inputs name them
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("aspect", Double(), nullable=False),  # width / height
    Column("prompt", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("tags", Text, nullable=False),  # a JSON list
    Column("details", Text, nullable=False, server_default="{}"),  # what another program said: a JSON object
    Column("words", Text, nullable=False),  # what a search looks in
    Column("liked", Boolean, nullable=False),
    Column("rating", Integer, nullable=False),
    Column("blob", LargeBinary),  # the embedding, float16
    Column("created", Double(), nullable=False),
    Column("trashed", Double()),
    Column("gone", Boolean, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("hidden", BigInteger),  # the change by which it became private for those who had seen it
    CheckConstraint("rating BETWEEN 0 AND 5", name="pictures_rating"),
    Index("pictures_rev", "rev"),
    Index("pictures_hidden", "hidden"),
    Index("pictures_created", "created", "number"),
    Index("pictures_job", "job"),
    Index("pictures_content", "content"),
)

WORKERS = Table(
    "workers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("models", Text, nullable=False),  # a JSON list of kinds
    Column("until", Double(), nullable=False),  # when it is no longer believed to be there
)

LINEAGE = Table(
    "lineage",
    METADATA,
    Column("child", Text, ForeignKey("pictures.id"), primary_key=True),
    Column("parent", Text, ForeignKey("pictures.id"), primary_key=True),
    Column("place", Integer, nullable=False),  # among the pictures that the child's plan reads
    Index("lineage_parent", "parent"),
)

BOARDS = Table(
    "boards",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, ForeignKey("people.id"), nullable=False),
    Column("private", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("created", Double(), nullable=False),
)

PINNED = Table(
    "pinned",
    METADATA,
    Column("board", Text, ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    Column("picture", Text, ForeignKey("pictures.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Index("pinned_picture", "picture"),
)
