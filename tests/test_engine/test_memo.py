"""What was read once is not read again, and never takes more room than it may."""

from __future__ import annotations

from functools import partial

import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Batcher, Commission, Memo, NoisePath
from sfumato.engine.memo import size_of
from sfumato.models.gauss import words

KEYS = st.lists(st.integers(0, 9), max_size=60)


@given(keys=KEYS, room=st.integers(0, 5))
def test_room_is_never_exceeded_and_values_are_right(keys: list[int], room: int) -> None:
    memo, made = Memo(room * 40), []
    for key in keys:
        value = memo.once(key, lambda key=key: made.append(key) or {"x": torch.full((10,), float(key))})
        assert value["x"].eq(key).all()
        assert memo.held <= memo.room and memo.held == 40 * len(memo)
    assert len(made) >= len(set(keys))


@given(keys=KEYS, room=st.integers(1, 5))
def test_what_was_asked_for_last_is_still_there(keys: list[int], room: int) -> None:
    """As an exact model of least recently used: the last `room` different keys are not made again."""
    memo, recent = Memo(room * 40), list[int]()
    for key in keys:
        made: list[int] = []
        memo.once(key, lambda key=key, made=made: made.append(key) or torch.zeros(10))
        assert bool(made) == (key not in recent)
        recent = [*(old for old in recent if old != key), key][-room:]


def test_sizes_count_every_tensor() -> None:
    assert (
        size_of({"a": torch.zeros(3), "b": {"c": torch.zeros(2, dtype=torch.float64)}, "d": "x"}) == 12 + 16
    )


def test_pictures_of_one_model_share_their_memo(planned, staged) -> None:
    model, batcher = words(NoisePath("flow", "x0")), Batcher()
    for _ in range(2):
        batcher.add(Commission(planned(staged()), model), 0)
    memos = {id(seat.commission.memo) for seat in batcher._seats.values()}
    assert memos == {id(batcher.known(model).memo)}
    batcher.known(model).memo.once("a text", partial(torch.zeros, 4))
    batcher.forget(model)
    assert len(batcher.known(model).memo) == 0
