"""The house model: its words, its networks, its weights, and that its pictures come from them."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine import Commission, part, run, to_pixels
from sfumato.language import read
from sfumato.models.family import families, family
from sfumato.models.house import House
from sfumato.models.house.net import HouseNet, Low, NetConfig, read_config
from sfumato.models.house.words import EMPTY, START, read_words
from sfumato.models.weights import SCALE, about, pack, unpack
from sfumato.plan import Input, draft
from sfumato.train.checkpoint import save_weights

TINY = NetConfig(9, channels=(64, 64), looks=("words", "all"), text=64, text_layers=1)
KNOWN = ("apple", "fox", "palm", "red", "snow", "一只", "狐狸", "红色", "雪地")
SHIPPED_MIB = 28
ENLARGER_MIB = 3


def quick(text: str):
    """A plan of few steps for the shipped model."""
    (prompt,) = read(f"{text} --q .25 --seed 5")
    return draft(prompt, family("house").defaults())


@pytest.fixture(scope="module")
def model():
    opened = family("house").open("cpu", "float32")
    yield opened
    opened.close()


# Words


def test_words_are_found_in_order_with_plurals_and_case() -> None:
    read_ = read_words("Red FOXES, zebras & snow!", KNOWN, 24)
    assert read_.ids == (START, *(2 + KNOWN.index(word) for word in ("red", "fox", "snow")))
    assert read_.unknown == ("zebras",)


def test_chinese_takes_the_longest_known_word() -> None:
    read_ = read_words("雪地里的一只红色狐狸", KNOWN, 24)
    assert read_.ids[1:] == tuple(2 + KNOWN.index(word) for word in ("雪地", "一只", "红色", "狐狸"))
    assert read_.unknown == ("里的",)


@given(st.text(max_size=200), st.integers(1, 30))
def test_any_text_gives_ids_within_the_vocabulary(text: str, length: int) -> None:
    ids = read_words(text, KNOWN, length).ids
    assert ids[0] == START and len(ids) <= length
    assert EMPTY not in ids and max(ids) < 2 + len(KNOWN)


def test_quoted_text_is_read_letter_by_letter() -> None:
    known = ("fox", "sign", '"E', '"N', '"O', '"P', '"欢')
    read_ = read_words("A sign: “Open” 「欢」 fox", known, 24)
    assert [known[i - 2] for i in read_.ids[1:]] == ["sign", '"O', '"P', '"E', '"N', '"欢', "fox"]
    assert read_.unknown == ("a",)
    assert read_words('"fox"', KNOWN, 24).ids == read_words("fox", KNOWN, 24).ids


@pytest.mark.parametrize("typed", ["wattercolor", "watercolr", "wtaercolor", "watercokor"])
def test_a_slip_of_the_keyboard_is_read_as_the_word(typed: str) -> None:
    known = ("nurse", "watercolor", '"A')
    assert read_words(typed, known, 24) == ((START, 3), ())
    assert read_words(typed, known[:2], 24).unknown == (typed,)
    assert read_words("purse", known, 24).unknown == ("purse",)


# Networks


@pytest.mark.parametrize("size", [(32, 32), (24, 44), (44, 24)])
def test_a_network_keeps_the_shape(size: tuple[int, int]) -> None:
    net = HouseNet(replace(TINY, patch=4, low=True))
    big = torch.randn(2, 3, 4 * size[0], 4 * size[1])
    low = Low(torch.randn(2, 3, *size), torch.tensor([0.1, 0.4]))
    assert net(big, torch.tensor([0.2, 0.9]), torch.tensor([[1, 2, 0], [1, 0, 0]]), low).shape == big.shape


def test_empty_places_of_a_text_change_nothing() -> None:
    torch.manual_seed(0)
    net = redrawn(HouseNet(TINY))
    x, t = torch.randn(1, 3, 16, 16), torch.tensor([0.5])
    short, long = torch.tensor([[1, 3]]), torch.tensor([[1, 3, 0, 0, 0]])
    torch.testing.assert_close(net(x, t, short), net(x, t, long), atol=1e-5, rtol=1e-5)
    assert (net(x, t, short) - net(x, t, torch.tensor([[1, 4]]))).abs().max() > 1e-3


def redrawn(net: HouseNet) -> HouseNet:
    """All parameters random: some begin at zero, which would hide what they are connected to."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(0, 0.05)
    return net.requires_grad_(False)


# Weights


@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(1, 9))
def test_packing_is_off_by_at_most_half_a_level(seed: int, rows: int, columns: int) -> None:
    torch.manual_seed(seed)
    tensors = {"matrix": torch.randn(rows, columns), "vector": torch.ones(columns)}
    packed = pack(tensors)
    plain = unpack(packed)
    gap = (plain["matrix"] - tensors["matrix"]).abs().amax(1)
    assert (gap <= packed["matrix" + SCALE] * 0.5001).all()
    assert torch.equal(plain["vector"], tensors["vector"])


def test_the_shipped_weights_are_small() -> None:
    files = (family("house").base, family("house").upper)  # type: ignore[attr-defined]
    assert sum(path.stat().st_size for path in files) < SHIPPED_MIB * 2**20
    assert family("house").enlarger.stat().st_size < ENLARGER_MIB * 2**20  # type: ignore[attr-defined]


def test_the_metadata_rebuilds_the_network(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    save_weights(path, HouseNet(TINY), {"config": asdict(TINY), "vocabulary": KNOWN})
    assert read_config(about(path)["config"]) == TINY
    assert tuple(about(path)["vocabulary"]) == KNOWN


# The family


def test_the_house_is_the_first_family_and_ready() -> None:
    assert families()[0].name == "house"
    assert families()[0].missing() == ()


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    empty = House(base=tmp_path / "none.safetensors", upper=tmp_path / "nothing.safetensors")
    assert len(empty.missing()) == 2
    with pytest.raises(FileNotFoundError, match="install Sfumato again"):
        empty.defaults()


def test_an_unknown_family_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="house"):
        family("palace")


def test_check_refuses_pictures_and_foreign_weights() -> None:
    plan = quick("a fox")
    assert family("house").check(plan) == ()
    with_picture = plan.model_copy(update={"inputs": (Input(role="hint", hash="0" * 64),)})
    assert "cannot take a picture as hint" in family("house").check(with_picture)[0]
    stage = plan.stages[0].model_copy(update={"weights": "f" * 64})
    foreign = plan.model_copy(update={"stages": (stage, *plan.stages[1:])})
    assert "weights" in family("house").check(foreign)[0]


def test_notes_name_the_words_it_does_not_know() -> None:
    (note,) = family("house").notes(quick("a serene fox"))
    assert "serene" in note and "fox" not in note
    assert family("house").notes(quick("a fox in the snow")) == ()


# Pictures


def finished(plan, model) -> list[np.ndarray]:
    *_, last = run(plan, model)
    return [to_pixels(picture) for picture in last.finished]


def test_the_same_plan_gives_the_same_bytes(model) -> None:
    plan = quick("a fox in the snow")
    first, second = finished(plan, model), finished(plan, model)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert len({a.tobytes() for a in first}) == 4


def test_words_seeds_and_no_change_the_picture(model) -> None:
    fox = finished(quick("a fox in the snow"), model)[0].astype(int)
    for other in ("a banana in the snow", "a fox in the snow --no snow", "a fox:: snow::2"):
        assert np.abs(finished(quick(other), model)[0].astype(int) - fox).mean() > 2, other


def test_proportional_weights_give_the_same_bytes(model) -> None:
    one, two = (finished(quick(text), model)[0] for text in ("fox:: snow::2", "fox::2 snow::4"))
    assert np.array_equal(one, two)


@pytest.mark.parametrize(("ratio", "size"), [("3:2", (96, 160)), ("9:16", (176, 96)), ("1:1", (128, 128))])
def test_the_aspect_ratio_is_honoured_within_one_multiple(model, ratio: str, size: tuple[int, int]) -> None:
    width, height = map(int, ratio.split(":"))
    plan = quick(f"a fox --ar {ratio}")
    assert finished(plan, model)[0].shape[:2] == (plan.height, plan.width)
    exact = (plan.width * plan.height * width / height) ** 0.5
    assert abs(plan.width - exact) <= 16, size


def test_every_pixel_comes_from_the_network(model) -> None:
    """With its last layer silenced the base's picture is one grey."""
    whole = quick("a fox in the snow")
    plan = whole.model_copy(update={"stages": whole.stages[:1]})
    silent = family("house").open("cpu", "float32")
    for parameter in silent.stages[0].network.net.unet.leave[-1].parameters():  # type: ignore[attr-defined]
        parameter.data.zero_()
    assert len(np.unique(finished(plan, silent)[0])) == 1
    assert len(np.unique(finished(plan, model)[0])) > 50


def test_a_row_does_not_depend_on_its_place_in_the_batch(model) -> None:
    stage = model.stages[0]
    plan = quick("fox:: snow::2")
    from sfumato.engine.flight import asks, board

    wanted = list(asks(board(Commission(plan, model), 0)).values())
    ahead, behind = model.answer(wanted), model.answer(wanted[::-1])[::-1]
    assert stage.name == wanted[0].net and len(wanted) == 3
    for one, two in zip(ahead, behind, strict=True):
        assert torch.equal(one.x0, two.x0)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_picture_alone_is_the_one_in_the_grid(dtype: str) -> None:
    """The shipped networks: the third picture of four, and the same one by itself."""
    opened = family("house").open("cpu", dtype)
    plan = quick("a red fox in the snow")
    *_, four = run(plan, opened)
    *_, one = run(plan.model_copy(update={"seeds": plan.seeds[2:3]}), opened)
    opened.close()
    assert four.finished is not None and one.finished is not None
    assert torch.equal(four.finished[2], one.finished[0])


def test_conditions_name_every_role(model) -> None:
    from sfumato.engine.flight import board

    leg = board(Commission(quick("fox:: snow --no apple"), model), 0).leg
    assert leg is not None and set(leg.panes[0].conditions) == {part(0), part(1), part(2), "null"}
