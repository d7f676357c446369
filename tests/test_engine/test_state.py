"""State: saved and loaded at any ask of any sampler, a picture ends with the same bytes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import SAMPLERS, Batcher, NoisePath, State, Straight, dump, load, run
from sfumato.models.gauss import cascade, pair, spread, words

DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64, torch.int64, torch.uint8, torch.bool)
NAMES = st.text(max_size=12)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    values = torch.randn(shape, generator=torch.Generator().manual_seed(draw(st.integers(0, 99)))) * 100
    return values.to(draw(st.sampled_from(DTYPES)))


def same(one: State, two: State) -> bool:
    def bits(tensor: torch.Tensor) -> tuple:
        return tensor.dtype, tuple(tensor.shape), tensor.contiguous().reshape(-1).view(torch.uint8).tolist()

    return (
        (one.stage, one.step) == (two.stage, two.step)
        and bits(one.x) == bits(two.x)
        and {name: bits(value) for name, value in one.memory.items()}
        == {name: bits(value) for name, value in two.memory.items()}
        and {name: bits(value) for name, value in one.results.items()}
        == {name: bits(value) for name, value in two.results.items()}
        and {name: bits(value) for name, value in one.kept.items()}
        == {name: bits(value) for name, value in two.kept.items()}
    )


@given(
    stage=st.integers(0, 9),
    x=tensors(),
    step=st.integers(0, 999),
    memory=st.dictionaries(NAMES, tensors(), max_size=3),
    results=st.dictionaries(NAMES, tensors(), max_size=3),
    kept=st.dictionaries(NAMES, tensors(), max_size=3),
)
def test_there_and_back_bit_for_bit(
    stage: int, x: torch.Tensor, step: int, memory: dict, results: dict, kept: dict
) -> None:
    state = State(stage, x, step, memory, results, kept)
    data = dump(state)
    assert same(load(data), state)
    assert dump(load(data)) == data


def test_memory_is_forgotten_and_what_is_kept_is_not() -> None:
    state = State(0, torch.zeros(1), memory={"first": torch.ones(1)}, kept={"pull": torch.ones(1)})
    later = state.then(torch.ones(1), second=torch.ones(1))
    assert set(later.memory) == {"second"} and set(later.kept) == {"pull"}


def test_special_values_and_shared_storage_survive() -> None:
    x = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
    state = State(0, x, memory={"first": x, "turned": torch.arange(6.0).reshape(2, 3).T})
    assert same(load(dump(state)), state)


def test_the_order_of_memory_does_not_change_the_bytes() -> None:
    one, two = torch.zeros(2), torch.ones(3)
    assert dump(State(0, one, memory={"a": one, "b": two})) == dump(
        State(0, one, memory={"b": two, "a": one})
    )


def test_a_state_does_not_change_with_the_mapping_it_was_made_from() -> None:
    memory = {"first": torch.zeros(1)}
    state = State(0, torch.zeros(1), memory=memory)
    memory.clear()
    assert set(state.memory) == {"first"}
    with pytest.raises(TypeError):
        state.memory["second"] = torch.zeros(1)  # type: ignore[index]


@given(cut=st.integers(0, 400), flip=st.integers(0, 60))
def test_other_bytes_are_refused_in_words(cut: int, flip: int) -> None:
    data = dump(State(1, torch.arange(6.0), 3))
    broken = bytearray(data)
    broken[flip] ^= 0xFF
    for bad in (data[: min(cut, len(data) - 1)], bytes(broken)):
        with pytest.raises(ValueError, match="not a saved state"):
            load(bad)


def test_a_later_form_is_refused_in_words() -> None:
    data = dump(State(0, torch.zeros(1)))
    with pytest.raises(ValueError, match="form 7"):
        load(data.replace(b'\\"form\\": 1', b'\\"form\\": 7'))


FLOW = NoisePath("flow", "flow")
ZERO = NoisePath("vp", "v", zero_snr=True)


@pytest.mark.parametrize("sampler", sorted(SAMPLERS))
@pytest.mark.parametrize(
    "witness",
    [
        lambda: cascade(FLOW),
        lambda: spread(FLOW),
        lambda: pair(NoisePath("edm", "edm")),
        lambda: words(ZERO),
    ],
    ids=["cascade", "spread", "pair", "words"],
)
def test_going_on_from_any_ask_ends_with_the_same_bytes(witness, sampler: str, planned, staged, last) -> None:
    model = witness()
    knobs = {"sampler": sampler, "schedule": "linear", "steps": 4, "guidance": 2.0, "rescale": 0.5}
    names = [stage.name for stage in model.stages]
    sizes = [{"width": 4 * 2**index, "height": 4 * 2**index} for index in range(len(names))]
    plan = planned(*(staged(name, **knobs, **size) for name, size in zip(names, sizes, strict=True)))
    whole = list(run(plan, model, batcher=Batcher(answering=Straight)))
    expected = [picture.numpy().tobytes() for picture in whole[-1].finished or ()]
    assert len(expected) == 2 and len(set(expected)) == 2
    stages = {state.stage for progress in whole for state in progress.states if state}
    assert stages == set(range(len(names) + 1))
    for progress in whole:
        saved = [state and load(dump(state)) for state in progress.states]
        again = last(plan, witness(), states=saved)
        assert [picture.numpy().tobytes() for picture in again.finished] == expected
        assert again.done == again.total == progress.total


def test_pictures_may_stand_at_different_asks(planned, staged, last) -> None:
    """One finished, one in each stage: all end as they would have together."""
    model = cascade(FLOW)
    plan = planned(staged("small", steps=3), staged("large", steps=3, width=16, height=16), pictures=3)
    whole = list(run(plan, model, batcher=Batcher(answering=Straight)))
    states = [whole[-1].states[0], whole[2].states[1], whole[7].states[2]]
    assert [state.stage for state in states] == [2, 0, 1]
    progress = last(plan, model, states=[load(dump(state)) for state in states])
    for mine, other in zip(progress.finished, whole[-1].finished or (), strict=True):
        assert torch.equal(mine, other)
