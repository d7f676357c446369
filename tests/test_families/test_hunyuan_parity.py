"""Hunyuan-DiT against diffusers' pipeline over the same tiny folders, with the same noise.

The pipeline's rotary table is off where a picture is not square: it ends the shorter side's axis at
stop · (n − 1) / n, wherever it begins, and not one part before its stop. The network was trained with the
latter, so theirs gets the table below; that nothing else differs is seen on squares, where both are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import HunyuanDiTPipeline
from diffusers.models.embeddings import get_1d_rotary_pos_embed
from diffusers.pipelines.hunyuandit import pipeline_hunyuandit
from torch import Tensor

from sfumato.models.hunyuan import model as model_module
from sfumato.models.hunyuan.places import rotary
from tinies import hunyuan as tiny
from tinies.beside import STEPS, Beside, changed, open_beside, staged
from tinies.flights import MOVED, PARITY, Tamper, fly, gap, zeroed
from tinies.hunyuan import painted
from tinies.words import CHINESE

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

KINDS = {"1.1": tiny.version_11, "1.2": tiny.version_12}
WORDS = ("long", "long_shown", "shown", "text")
ENTRIES = {"1.1": (*WORDS[:3], "sizes", "style", "text"), "1.2": WORDS}


def released(width: int, corners: Any, grid: tuple[int, int], **_: Any) -> tuple[Tensor, Tensor]:
    """The table of the original repository, by numpy's own even places without an end."""
    axes = [
        np.linspace(first, last, count, endpoint=False, dtype=np.float32)
        for first, last, count in zip(*corners, grid, strict=True)
    ]
    halves = [
        get_1d_rotary_pos_embed(width // 2, place.reshape(-1), use_real=True)
        for place in np.meshgrid(axes[1], axes[0])
    ]
    return torch.cat([halves[0][0], halves[1][0]], 1), torch.cat([halves[0][1], halves[1][1]], 1)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Beside]:
    return cache(
        lambda kind: open_beside(KINDS[kind](tmp_path_factory.mktemp("hunyuan")), HunyuanDiTPipeline, painted)
    )


@pytest.fixture(scope="module")
def trained() -> Iterator[None]:
    """Theirs with places as in training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline_hunyuandit, "get_2d_rotary_pos_embed", released)
        yield


@pytest.fixture(scope="module")
def theirs(opened: Callable[[str], Beside], trained: None) -> Callable[[str, int], Tensor]:
    return cache(lambda kind, number: opened(kind).theirs(number))


def test_a_square_is_the_pipeline_s_own(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers.models.embeddings import get_2d_rotary_pos_embed

    monkeypatch.setattr(pipeline_hunyuandit, "get_2d_rotary_pos_embed", get_2d_rotary_pos_embed)
    both = opened("1.1")
    plan = staged(both.plans[0], width=112, height=112)
    assert gap(fly(both.model, [plan]).x[0], painted(both.pipe, plan)) < PARITY
    assert both.apart(both.theirs(0)) > 10 * PARITY, "theirs has been mended: leave out the table above"


@pytest.mark.parametrize("kind", KINDS)
def test_two_prompts_in_one_batch_equal_two_runs_of_the_pipeline(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert both.plans[0].width != both.plans[0].height
    flown = fly(both.model, both.plans)
    assert flown.rows == (4,) * STEPS and both.plans[0].stages[0].guidance == 5
    for number, x in enumerate(flown.x):
        assert gap(x, theirs(kind, number)) < PARITY
        assert gap(x, theirs(kind, 1 - number)) > MOVED


def test_a_negative_prompt_and_guidance(opened, theirs) -> None:
    both = opened("1.2")
    plan = both.plans[0].model_copy(update={"negative": "a small blue car"})
    other = painted(both.pipe, plan)
    assert gap(fly(both.model, [plan]).x[0], other) < PARITY
    assert gap(theirs("1.2", 0), other) > MOVED
    assert both.apart(theirs("1.2", 0), guidance=1.0) > MOVED


def test_rescaled_guidance(opened, theirs) -> None:
    both = opened("1.1")
    other = painted(both.pipe, staged(both.plans[0], rescale=0.7))
    assert both.apart(other, rescale=0.7) < PARITY
    assert both.apart(other) > MOVED


def test_chinese_words(opened, theirs) -> None:
    both = opened("1.2")
    said = both.plans[0].parts[0].model_copy(update={"content": CHINESE})
    plan = both.plans[0].model_copy(update={"parts": (said,)})
    x = fly(both.model, [plan]).x[0]
    assert gap(x, painted(both.pipe, plan)) < PARITY
    assert gap(x, theirs("1.2", 0)) > MOVED


def test_decoded_pictures_are_equal(opened, theirs) -> None:
    both = opened("1.1")
    picture, space = both.theirs(0, output_type="pt"), both.model.stage.space
    x = fly(both.model, both.plans[:1]).x[0]
    assert gap((space.decode(x) / 2 + 0.5).clamp(0, 1), picture) < PARITY
    unit = x / x.std()
    right = both.pipe.vae.decode(unit[None] / 0.13025).sample[0].detach()
    assert gap(space.decode(unit), right) < PARITY
    assert gap(replace(space, scale=0.18215).decode(unit), right) > MOVED


# Faults


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_counts(opened, theirs, kind: str) -> None:
    both = opened(kind)
    assert both.entries == tuple(sorted(ENTRIES[kind]))
    for entry in set(ENTRIES[kind]) - {"style"}:  # there is one style, and its number is 0
        assert both.apart(theirs(kind, 0), tamper=zeroed(entry)) > MOVED, entry


FAULTS: dict[str, Tamper] = {
    "CLIP's filling is seen": changed(shown=torch.ones_like),
    "mT5's filling is seen": changed(long_shown=torch.ones_like),
    "masks exchanged": changed(shown=lambda shown: 1 - shown, long_shown=lambda shown: 1 - shown),
    "width before height": changed(sizes=lambda sizes: sizes[[1, 0, 3, 2, 5, 4]]),
    "the corner where the target is": changed(sizes=lambda sizes: sizes[[0, 1, 4, 5, 2, 3]]),
    "as if it had always been so small": changed(sizes=lambda sizes: sizes[[2, 3, 2, 3, 4, 5]]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_entry_is_seen(opened, theirs, fault: str) -> None:
    assert opened("1.1").apart(theirs("1.1", 0), tamper=FAULTS[fault]) > MOVED


TRAPS: dict[str, Callable[..., Any]] = {
    "rows and columns exchanged": lambda rows, columns, patch, width: tuple(
        turn.unflatten(0, (columns, rows)).transpose(0, 1).flatten(0, 1)
        for turn in rotary(columns, rows, patch, width)
    ),
    "the row turns first": lambda *given: tuple(turn.roll(given[3] // 2, 1) for turn in rotary(*given)),
    "halves in place of pairs": lambda *given: tuple(
        torch.cat([half[:, ::2].repeat(1, 2) for half in turn.chunk(2, 1)], 1) for turn in rotary(*given)
    ),
    "not in the middle": lambda rows, columns, patch, width: tuple(
        turn[: rows * columns] for turn in rotary(columns, columns, patch, width)
    ),
    "no places": lambda *given: (torch.ones_like(rotary(*given)[0]), torch.zeros_like(rotary(*given)[1])),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_wrong_places_are_seen(opened, theirs, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    monkeypatch.setattr(model_module, "rotary", TRAPS[trap])
    assert opened("1.1").apart(theirs("1.1", 0)) > MOVED


PATHS = {"predicts noise": {"predicts": "eps"}, "1.2's last level": {"beta": (0.00085, 0.018)}}


@pytest.mark.parametrize("fault", PATHS)
def test_a_wrong_path_is_seen(opened, theirs, fault: str) -> None:
    assert opened("1.1").with_path(**PATHS[fault]).apart(theirs("1.1", 0)) > MOVED


@pytest.mark.parametrize("name", ["clip", "t5"])
def test_filling_is_hidden_from_both_readers(opened, theirs, monkeypatch, name: str) -> None:
    both = opened("1.2")
    encoder = getattr(both.model.stage.read, name)
    own = encoder.forward
    monkeypatch.setattr(encoder, "forward", lambda ids, attention_mask: own(ids))
    assert both.apart(theirs("1.2", 0)) > MOVED


def test_a_whole_number_is_no_time_for_it(opened) -> None:
    """The released class computes all that follows in the number format of the time."""
    both = opened("1.2")
    transformer = both.model.look.transformer
    with pytest.raises(RuntimeError):
        transformer.time_extra_emb(torch.tensor([751]), torch.zeros(1, 256, 32), None, None, torch.int64)


def test_the_clock_is_exact_in_half_precision(opened) -> None:
    model, shown = opened("1.2").family.open("cpu", "bfloat16"), []
    embed = model.look.transformer.time_extra_emb.time_proj
    own = embed.forward
    embed.forward = lambda times: shown.append(times) or own(times)
    fly(model, opened("1.2").plans[:1])
    assert [times.tolist() for times in shown] == [[t, t] for t in (751.0, 501.0, 251.0, 1.0)]
    model.close()
