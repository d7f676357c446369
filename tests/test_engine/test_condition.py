"""Condition: its id is its content."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Condition


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
