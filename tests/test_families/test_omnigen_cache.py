"""OmniGen reads a condition once: what is kept, that it is exact, and how much work it saves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from sfumato.engine import Ask, Batcher, Commission, Condition, Straight, board, noise, run
from sfumato.language import read as read_prompt
from sfumato.models.omnigen import claim
from sfumato.models.omnigen.cache import Kept, Past
from sfumato.models.omnigen.sentence import runs
from sfumato.models.omnigen.stream import look, read
from sfumato.plan import Input, Plan, draft
from tinies.flights import fly, gap
from tinies.omnigen import write_omnigen

EXACT = 3e-6
STEPS = 3
PICTURE = noise(3, 0, "picture", 0, (3, 48, 64)).clamp(-1, 1)
NAME = sha256(b"picture").hexdigest()
NEARLY_EQUAL = ("a red fox", "a blue car")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_omnigen(tmp_path_factory.mktemp("tiny") / "omnigen")[0]


@pytest.fixture
def ours(folder: Path) -> Iterator[Any]:
    opened = claimed(folder).open("cpu", "float32")
    yield opened
    opened.close()


def claimed(folder: Path) -> Any:
    family = claim((folder,))
    assert family
    return family


def planned(folder: Path, text: str = "a red fox in the snow", pictures: int = 1, **knobs: Any) -> Plan:
    (prompt,) = read_prompt(f"{text} --ar 3:2 --seed 5")
    plan = draft(prompt, claimed(folder).defaults())
    stage = plan.stages[0].model_copy(update={"steps": STEPS, **knobs})
    inputs = (Input(role="reference", hash=NAME),)
    return plan.model_copy(update={"stages": (stage,), "inputs": inputs, "seeds": plan.seeds[:pictures]})


def conditions(ours: Any, plan: Plan) -> dict[str, Condition]:
    leg = board(Commission(plan, ours, {NAME: PICTURE}), 0).leg
    assert leg
    return dict(leg.panes[0].conditions)


def whole(net: Any, x: Tensor, clock: Tensor, condition: Condition) -> Tensor:
    """One row through diffusers' own forward, condition and all, with its collator's mask and positions."""
    from diffusers.pipelines.omnigen.processor_omnigen import OmniGenCollator

    ids = condition["ids"].tolist()
    places = [[part.start, part.stop] for part in runs(ids) if part.picture is not None]
    latents = [condition[f"picture.{k}"][None] for k in range(len(places))]
    row = {"input_ids": [max(token, 0) for token in ids], "pixel_values": latents, "image_sizes": places}
    size = [side * 8 for side in x.shape[-2:]]
    ids_, positions, mask, _, _, sizes = OmniGenCollator().process_mllm_input([row], [size])
    return net(x[None], clock[None], ids_, latents, sizes, mask, positions, return_dict=False)[0][0]


@contextmanager
def counted(net: Any) -> Iterator[list[tuple[int, int]]]:
    """(rows, tokens) of every pass through the first layer's keys."""
    seen: list[tuple[int, int]] = []
    hook = net.layers[0].self_attn.to_k.register_forward_hook(
        lambda layer, inputs, out: seen.append(tuple(inputs[0].shape[:2]))
    )
    yield seen
    hook.remove()


@pytest.mark.parametrize("t", [0.0, 0.3, 0.99])
def test_a_look_at_what_was_kept_is_the_whole_forward(ours: Any, folder: Path, t: float) -> None:
    x = noise(1, 0, "x", 0, (4, 6, 10))
    for role, condition in conditions(ours, planned(folder)).items():
        past, clock = read(ours.net, condition), torch.tensor([t])
        cached = look(ours.net, x[None], clock, [past], condition["long"][None])[0]
        assert gap(cached, whole(ours.net, x, clock[0], condition)) < EXACT, role


def test_the_condition_is_the_same_at_every_time_and_noise(ours: Any, folder: Path) -> None:
    """The reason why it can be kept: seen in diffusers' own forward, bit for bit, in every layer."""
    condition = conditions(ours, planned(folder))["part.0"]
    length, states = len(condition["ids"]), []
    hooks = [
        layer.register_forward_hook(lambda layer, inputs, out: states.append(out[0]))
        for layer in ours.net.layers
    ]
    for t, seed in ((0.0, 1), (0.7, 2)):
        whole(ours.net, noise(seed, 0, "x", 0, (4, 6, 10)), torch.tensor(t), condition)
    for hook in hooks:
        hook.remove()
    first, second = states[: len(hooks)], states[len(hooks) :]
    assert all(torch.equal(a[:length], b[:length]) for a, b in zip(first, second, strict=True))
    assert not any(torch.equal(a[length:], b[length:]) for a, b in zip(first, second, strict=True))


def test_a_condition_is_read_once_and_not_once_a_step(ours: Any, folder: Path) -> None:
    plan = planned(folder)
    lengths = [len(condition["ids"]) for condition in conditions(ours, plan).values()]
    own = 1 + plan.width * plan.height // 16**2
    with counted(ours.net) as seen:
        fly(ours, [plan], {NAME: PICTURE})
    assert len(lengths) == 3
    assert sum(rows * tokens for rows, tokens in seen) == sum(lengths) + STEPS * 3 * own
    with counted(ours.net) as seen:
        fly(ours, [plan], {NAME: PICTURE})
    assert {tokens for _, tokens in seen} == {own}  # still kept


def test_the_pictures_of_a_plan_look_at_one_condition(ours: Any, folder: Path) -> None:
    plan = planned(folder, pictures=4)
    with counted(ours.net) as seen:
        *_, last = run(plan, ours, {NAME: PICTURE}, batcher=Batcher(answering=Straight))
    assert len(last.states) == 4 and len(ours.kept) == 3
    assert sorted(seen)[:3] == [(1, tokens) for _, tokens in sorted(seen)[:3]]
    assert [rows for rows, _ in seen].count(4) == 3 * STEPS


def test_without_room_everything_is_read_again_to_the_same_bytes(ours: Any, folder: Path) -> None:
    plan = planned(folder)
    small = replace(ours, kept=Kept(0))
    with counted(ours.net) as seen:
        again = fly(small, [plan], {NAME: PICTURE}).x[0]
    assert len([tokens for _, tokens in seen]) == 2 * 3 * STEPS and len(small.kept) == 0
    assert torch.equal(again, fly(ours, [plan], {NAME: PICTURE}).x[0])


def test_going_on_from_a_state_needs_nothing_that_was_kept(ours: Any, folder: Path) -> None:
    plan = planned(folder)
    straight = fly(ours, [plan], {NAME: PICTURE}).x[0]
    fresh = claimed(folder).open("cpu", "float32")
    assert torch.equal(straight, fly(replace(fresh, kept=Kept(0)), [plan], {NAME: PICTURE}, saved=True).x[0])
    fresh.close()


def test_closing_empties_it(folder: Path) -> None:
    opened = claimed(folder).open("cpu", "float32")
    fly(opened, [planned(folder)], {NAME: PICTURE})
    assert opened.kept.size_bytes > 0
    opened.close()
    assert opened.kept.size_bytes == 0 and len(opened.kept) == 0
    networks = (opened.net, opened.stages[0].latent.vae)
    assert {parameter.device.type for net in networks for parameter in net.parameters()} == {"meta"}


def test_rows_of_one_length_share_a_pass_and_are_each_as_if_alone(ours: Any, folder: Path) -> None:
    asks = [
        Ask(
            "base",
            noise(seed, 0, "x", 0, (4, 6, 10)),
            t,
            0.0,
            conditions(ours, planned(folder, text))["part.0"],
        )
        for seed, (text, t) in enumerate(zip(NEARLY_EQUAL, (1.0, 0.4), strict=True))
    ]
    assert ours.key(asks[0]) == ours.key(asks[1]) and asks[0].condition != asks[1].condition
    both = ours.answer(asks)
    for ask, answer in zip(asks, both, strict=True):
        assert gap(answer.x0, ours.answer([ask])[0].x0) < EXACT


def test_it_computes_in_bfloat16(folder: Path) -> None:
    opened = claimed(folder).open("cpu", "bfloat16")
    x = fly(opened, [planned(folder)], {NAME: PICTURE}).x[0]
    fine = claimed(folder).open("cpu", "float32")
    assert x.dtype == torch.float32 and gap(x, fly(fine, [planned(folder)], {NAME: PICTURE}).x[0]) < 0.1


# The bound


def past(numbers: int) -> Past:
    """4 bytes a number."""
    return Past((torch.zeros(numbers),), ())


def names(kept: Kept, among: Sequence[str] = "abcd") -> str:
    return "".join(name for name in among if name in kept)


def test_what_was_used_longest_ago_goes_first() -> None:
    kept = Kept(12)
    for name in "abcad":
        kept.past(name, lambda: past(1))
    assert names(kept) == "acd" and kept.size_bytes == 12
    kept.past("b", lambda: past(2))
    assert names(kept) == "bd" and kept.size_bytes == 12


def test_what_is_kept_is_not_made_again() -> None:
    kept = Kept(100)
    first = kept.past("a", lambda: past(1))
    assert kept.past("a", lambda: past(2)) is first


def test_what_alone_is_too_large_drives_nothing_out() -> None:
    kept = Kept(8)
    kept.past("a", lambda: past(1))
    assert kept.past("b", lambda: past(3)).size_bytes == 12
    assert names(kept) == "a"
    kept.clear()
    assert names(kept) == "" and kept.size_bytes == 0
