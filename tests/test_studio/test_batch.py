"""Batches: what a file says, and what names each of its rows."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.studio.batch import BatchError, Row, keys, read_batch, read_lines, read_table


def test_a_prompt_a_line() -> None:
    rows = read_lines("\ufeffa fox --ar 3:2\r\n\n# not this\n雪地里的狐狸\n".encode())
    assert rows == [Row(1, {"prompt": "a fox --ar 3:2"}), Row(4, {"prompt": "雪地里的狐狸"})]


def test_a_table() -> None:
    table = 'prompt, Count,seed,base.guidance,private\n"a {red, blue}\nfox",2,7,4.5,yes\n,,,,\nan owl,,,,\n'
    knobs = {"base.guidance": "4.5"}
    assert read_table(table.encode()) == [
        Row(3, {"prompt": "a {red, blue}\nfox --seed 7", "count": 2, "private": True, "knobs": knobs}),
        Row(5, {"prompt": "an owl"}),
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("prompt,cuont\na,1\n", "Line 1: nobody reads a column 'cuont': did you mean 'count'?"),
        ("prompt,prompt\na,b\n", "Line 1: column 'prompt' is there 2 times."),
        ("count\n1\n", "Line 1: no column is named prompt."),
        ("prompt,count\na,1\nb,two\n", "Line 3, column count: 'two' is no whole number."),
        ("prompt,seed\na,-1\n", "Line 2, column seed: -1 is not from 0 to 4294967295."),
        ("prompt,count\n,1\n", "Line 2, column prompt: it is empty."),
        ("prompt,private\na,perhaps\n", "Line 2, column private: 'perhaps' is neither true nor false."),
        ("prompt\na,b\n", "Line 2, column 2: there are more cells than the head names."),
        ("prompt\n", "This file has no prompts: write one a line."),
    ],
)
def test_what_cannot_be_is_said_with_its_place(table: str, said: str) -> None:
    with pytest.raises(BatchError) as error:
        read_table(table.encode())
    assert str(error.value) == said


def test_knobs_and_prompts_are_checked_before_anything_is_made() -> None:
    with pytest.raises(BatchError) as error:
        read_table(b"prompt,steps\na fox --foo,3\nan owl,0\n")
    first, second = str(error.value).splitlines()
    assert first.startswith("Line 2, column prompt: Unrecognized parameter")
    assert second.startswith("Line 3, column steps: '0' cannot be")
    with pytest.raises(BatchError, match="Line 2 is no UTF-8"):
        read_lines(b"a fox\n\xff\n")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_makes_it_fall(data: bytes) -> None:
    for read in (read_lines, read_table):
        with suppress(BatchError):
            assert all(row.asked["prompt"] for row in read(data))


ROWS = st.lists(st.fixed_dictionaries({"prompt": st.sampled_from("abc")}), max_size=8)


@given(rows=ROWS, more=ROWS, at=st.integers(0, 8))
def test_rows_put_between_leave_the_others_their_names(rows: list, more: list, at: int) -> None:
    before, after = keys(rows), keys([*rows[:at], *more, *rows[at:]])
    assert len(set(before)) == len(rows) and set(before) <= set(after)
    assert len(set(after)) == len(rows) + len(more)
    assert not set(before) & set(keys(rows, "again"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match=r"nothing\.csv cannot be read: No such file"):
        read_batch(tmp_path / "nothing.csv")
