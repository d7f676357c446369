"""Batches: many requests from one file, of one prompt a line or a table with a head."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from hashlib import sha256
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from sfumato.language import parse
from sfumato.plan import KNOBS, PlanError, StagePlan
from sfumato.studio.job import Job

MOST_FAULTS = 10  # that are told at once
LARGEST_SEED = 2**32 - 1
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


class BatchError(ValueError):
    """A file that cannot be read as a batch: a sentence a line, each with line and column."""


class Row(NamedTuple):
    """One request of a batch.

    line   of the file, from 1
    asked  prompt, and where it says so model, negative, count, private, priority, knobs
    """

    line: int
    asked: Mapping[str, Any]


def read_batch(path: Path) -> list[Row]:
    """The rows of a file: a table where its name ends in .csv, else a prompt a line.

    Raises BatchError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BatchError(f"{path} cannot be read: {error.strerror}.") from None
    return read_table(data) if path.suffix.lower() == ".csv" else read_lines(data)


def read_lines(data: bytes) -> list[Row]:
    """A prompt a line; empty lines, and those that begin with #, are left out. Raises BatchError."""
    lines = enumerate(_text(data).splitlines(), 1)
    rows = [Row(n, {"prompt": own.strip()}) for n, own in lines if own.strip() and own.strip()[0] != "#"]
    return _whole(rows, [(row.line, fault) for row in rows for fault in _prompt_faults(row)])


def read_table(data: bytes) -> list[Row]:
    """A table with commas between; its head names COLUMNS and knobs. Raises BatchError."""
    reader = csv.reader(StringIO(_text(data), newline=""), strict=True)
    rows: list[Row] = []
    faults: list[tuple[int, str]] = []
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        _check_head(head)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(reader.line_num, _asked(head, cells, reader.line_num, faults)))
    except csv.Error as error:
        raise BatchError(f"Line {reader.line_num}: this is no table that can be read ({error}).") from None
    faults += [(row.line, fault) for row in rows if "prompt" in row.asked for fault in _prompt_faults(row)]
    return _whole(rows, faults)


def keys(requests: Sequence[Any], name: str = "") -> list[str]:
    """What names every request, so that it is accepted once: its content, and how many before it are equal.

    So a file that was changed makes only the rows that are new, wherever they stand; under another name all
    are made again. `requests` are JSON.
    """
    seen: Counter[str] = Counter()
    found = []
    for own in requests:
        said = json.dumps(own, sort_keys=True, ensure_ascii=True)
        found.append(sha256(f"{name}\0{seen[said]}\0{said}".encode()).hexdigest())
        seen[said] += 1
    return found


def fewer(job: Job, count: int | None) -> Job:
    """The job with so many pictures. Raises PlanError where its model makes fewer."""
    if count is None:
        return job
    seeds = job.plan.seeds
    if count > len(seeds):
        raise PlanError(f"{job.plan.family} makes at most {len(seeds)} pictures of a job, not {count}.")
    return replace(job, plan=job.plan.model_copy(update={"seeds": seeds[:count]}))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BatchError(f"Line {line} is no UTF-8: save the file in this encoding.") from None


def _whole(rows: list[Row], faults: list[tuple[int, str]]) -> list[Row]:
    if faults:
        told = [f"Line {line}, {fault}" for line, fault in sorted(faults)[:MOST_FAULTS]]
        more = len(faults) - len(told)
        raise BatchError("\n".join([*told, *([f"… and {more} more."] if more else [])]))
    if not rows:
        raise BatchError("This file has no prompts: write one a line.")
    return rows


def _prompt_faults(row: Row) -> Iterator[str]:
    yield from (f"column prompt: {fault.message}" for fault in parse(row.asked["prompt"]).problems)


def _check_head(head: Sequence[str]) -> None:
    """Raises BatchError for columns that nobody reads, or that are there twice."""
    for name, count in Counter(head).items():
        if count > 1:
            raise BatchError(f"Line 1: column {name!r} is there {count} times.")
        if name not in COLUMNS and name.rpartition(".")[2] not in KNOBS:
            near = get_close_matches(name, (*COLUMNS, *KNOBS), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(COLUMNS)} and the knobs."
            raise BatchError(f"Line 1: nobody reads a column {name!r}: {hint}")
    if "prompt" not in head:
        raise BatchError("Line 1: no column is named prompt.")


def _asked(
    head: Sequence[str], cells: Sequence[str], line: int, faults: list[tuple[int, str]]
) -> dict[str, Any]:
    """What a row says; what it cannot say is added to the faults."""
    if len(cells) > len(head):
        faults.append((line, f"column {len(head) + 1}: there are more cells than the head names."))
    asked: dict[str, Any] = {}
    knobs: dict[str, str] = {}
    for name, cell in zip(head, cells, strict=False):
        try:
            if name not in COLUMNS:
                knobs |= _knob(name, cell.strip())
            elif cell.strip() or name == "prompt":
                asked[name] = COLUMNS[name](cell.strip())
        except ValueError as error:
            faults.append((line, f"column {name}: {error}"))
    seed = asked.pop("seed", None)
    if seed is not None and "prompt" in asked:
        asked["prompt"] += f" --seed {seed}"
    return asked | ({"knobs": knobs} if knobs else {})


def _knob(name: str, cell: str) -> dict[str, str]:
    """Raises ValueError for what no stage takes."""
    if not cell:
        return {}
    own = StagePlan.model_fields[name.rpartition(".")[2]]
    kind: Any = Annotated[own.annotation, own]  # type: ignore[valid-type]
    try:
        TypeAdapter(kind).validate_python(cell.split(",") if "," in cell else cell)
    except ValidationError as error:
        raise ValueError(f"{cell!r} cannot be: {error.errors()[0]['msg']}.") from None
    return {name: cell}


def _filled(cell: str) -> str:
    if not cell:
        raise ValueError("it is empty.")
    return cell


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        try:
            number = int(cell)
        except ValueError:
            raise ValueError(f"{cell!r} is no whole number.") from None
        if not low <= number <= high:
            raise ValueError(f"{number} is not from {low} to {high}.")
        return number

    return read


def _yes(cell: str) -> bool:
    if cell.lower() not in TRUE | FALSE:
        raise ValueError(f"{cell!r} is neither true nor false.")
    return cell.lower() in TRUE


COLUMNS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "prompt": _filled,
        "model": str,
        "negative": str,
        "seed": _number(0, LARGEST_SEED),
        "count": _number(1, 64),
        "private": _yes,
        "priority": _number(-10, 10),
    }
)
