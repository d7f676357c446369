"""Condition: its id is its content, and the rows of a pass are stacked once."""

from __future__ import annotations

import gc
from weakref import ref

import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Condition, stacked


def base() -> dict[str, torch.Tensor]:
    return {"tokens": torch.arange(6.0).reshape(2, 3), "size": torch.tensor(64)}


def test_equal_content_has_an_equal_id_whatever_the_order_or_layout() -> None:
    entries = base()
    turned = {"size": entries["size"].clone(), "tokens": entries["tokens"].T.contiguous().T}
    one, two = Condition(entries), Condition(turned)
    assert one == two and hash(one) == hash(two) and one.id == two.id


def test_any_difference_changes_the_id() -> None:
    entries = base()
    variants = [
        entries,
        {**entries, "tokens": entries["tokens"] + 1},
        {**entries, "tokens": entries["tokens"].double()},
        {**entries, "tokens": entries["tokens"].reshape(3, 2)},
        {**entries, "tokens": entries["tokens"].bfloat16()},
        {**entries, "size": torch.tensor([64])},
        {"tokens": entries["tokens"]},
        {"token": entries["tokens"], "size": entries["size"]},
        {},
    ]
    assert len({Condition(variant).id for variant in variants}) == len(variants)


@given(st.lists(st.text(max_size=5), unique=True, max_size=4), st.data())
def test_names_cannot_be_confused_with_neighbours(names: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.text(max_size=5), unique=True, max_size=4))
    one, two = (Condition({name: torch.zeros(1) for name in chosen}) for chosen in (names, others))
    assert (one.id == two.id) == (set(names) == set(others))


def test_the_id_is_the_same_in_every_process() -> None:
    expected = "73a4928176495640d00cc89c75007412534b07477a133b9b566487eb775b3851"
    assert Condition(base()).id == expected


def test_it_does_not_change_with_the_mapping_it_was_made_from() -> None:
    entries = base()
    condition = Condition(entries)
    entries["tokens"] = torch.zeros(1)
    assert condition["tokens"].shape == (2, 3)
    assert condition.replace(size=torch.tensor(32)).id != condition.id
    assert condition.without("size").entries.keys() == {"tokens"}
    assert condition.shapes == (("size", ()), ("tokens", (2, 3)))


# Rows of one pass


def test_the_rows_of_a_pass_are_stacked_once() -> None:
    one, two = Condition(base()), Condition(base())
    name, tensor = next(iter(base().items()))
    whole = stacked([one, two], name)
    assert torch.equal(whole, torch.stack([tensor, tensor]))
    assert stacked([one, two], name) is whole
    assert stacked([one], name).shape == (1, *tensor.shape)


def test_other_rows_and_number_formats_are_stacked_anew() -> None:
    one, two = Condition({"a": torch.zeros(2)}), Condition({"a": torch.ones(2)})
    half = torch.zeros((), dtype=torch.bfloat16)
    assert stacked([one, two], "a", half).dtype == torch.bfloat16
    assert stacked([one, two], "a").dtype == torch.float32
    assert stacked([one, one], "a").tolist() == [[0, 0], [0, 0]]
    assert stacked([two, one], "a").tolist() == [[1, 1], [0, 0]]


def test_what_was_stacked_goes_with_its_first_row() -> None:
    one, two = Condition({"a": torch.zeros(2)}), Condition({"a": torch.ones(2)})
    gone = [ref(stacked([one, two], "a")), ref(stacked([two, one], "a")), ref(one)]
    gc.disable()  # so that a circle of references would be seen
    try:
        del one, two
        assert [own() for own in gone] == [None, None, None]
    finally:
        gc.enable()
