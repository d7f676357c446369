"""Kolors against diffusers' pipeline over the same tiny folder, from the same noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from types import SimpleNamespace
from typing import Any

import pytest
from torch import Tensor

from sfumato.models.kolors.text import GlmReader
from tinies import kolors
from tinies.flights import MOVED, fly, gap, zeroed
from tinies.sdxl_oracle import (
    PROMPTS,
    Shelf,
    Tiny,
    agree,
    conditions_of,
    drawn,
    moves,
    shared,
    with_stage,
)

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    shelf = Shelf(partial(tmp_path_factory.mktemp, "kolors"), {}, kolors.VARIANTS)
    yield shelf("kolors")
    shelf.close()


@pytest.fixture(scope="module")
def latents(tiny: Tiny) -> list[Tensor]:
    pipe = tiny.pipe("KolorsPipeline")
    return [drawn(pipe, plan, tiny.model) for plan in tiny.plans()]


def test_kolors(tiny: Tiny, latents: list[Tensor]) -> None:
    flown = fly(tiny.model, tiny.plans())
    shared(flown)
    agree(flown, latents)
    swapped = tiny.plans()[0].model_copy(update={"parts": tiny.plans()[1].parts})
    assert gap(fly(tiny.model, [swapped]).x[0], latents[0]) > MOVED


def test_negative_prompt(tiny: Tiny, latents: list[Tensor]) -> None:
    plans = tiny.plans(negative="a small blue car")
    pipe = tiny.pipe("KolorsPipeline")
    flown = fly(tiny.model, plans)
    shared(flown)
    agree(flown, [drawn(pipe, plan, tiny.model) for plan in plans])
    assert gap(flown.x[0], latents[0]) > MOVED


def test_every_entry_counts(tiny: Tiny, latents: list[Tensor]) -> None:
    names = conditions_of(tiny, tiny.plans()[0])
    assert set(names) == {"tokens", "pooled", "ids"}
    for name in names:
        assert moves(tiny, latents[0], tamper=zeroed(name)), name


def test_guidance_counts(tiny: Tiny, latents: list[Tensor]) -> None:
    assert gap(fly(tiny.model, tiny.plans(PROMPTS[:1], guidance=1.0)).x[0], latents[0]) > MOVED


class LastLayer(GlmReader):
    """Tokens after the last layer."""

    def read(self, windows: Sequence[Sequence[int]], skip: int = 0) -> tuple[Tensor, Tensor]:
        def told(*given: Any, **named: Any) -> Any:
            seen = self.encoder(*given, **named)
            return SimpleNamespace(hidden_states=(*seen.hidden_states[:-2], *seen.hidden_states[-1:] * 2))

        told.device = self.encoder.device  # type: ignore[attr-defined]
        return GlmReader(self.words, told).read(windows)


class FirstPooled(GlmReader):
    """The first place's state as pooled text."""

    def read(self, windows: Sequence[Sequence[int]], skip: int = 0) -> tuple[Tensor, Tensor]:
        tokens, _ = super().read(windows)
        return tokens, tokens[0]


class FilledOnTheRight(GlmReader):
    def _framed(self, window: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        told = len(window) + 2
        ids, mask, places = (column[-told:] + column[:-told] for column in super()._framed(window))
        return ids, mask, places


class CountedFromTheLeft(GlmReader):
    """Places as if nothing were filled up."""

    def _framed(self, window: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        ids, mask, _ = super()._framed(window)
        return ids, mask, list(range(len(ids)))


class Unmasked(GlmReader):
    def _framed(self, window: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        ids, mask, places = super()._framed(window)
        return ids, [1] * len(mask), places


class WithoutBeginning(GlmReader):
    """No [gMASK] sop."""

    def _framed(self, window: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        ids, mask, places = super()._framed(window)
        told = len(window) + 2
        return [*ids[:-told], 0, 0, *ids[len(ids) - len(window) :]], mask, places


@pytest.mark.parametrize(
    "fault", [LastLayer, FirstPooled, FilledOnTheRight, CountedFromTheLeft, Unmasked, WithoutBeginning]
)
def test_reading(tiny: Tiny, latents: list[Tensor], fault: Callable[[Any, Any], GlmReader]) -> None:
    parts = tiny.model.stages[0].parts
    (reader,) = parts.readers
    assert isinstance(reader, GlmReader)
    broken = replace(parts, readers=(fault(reader.words, reader.encoder),))
    plans = tiny.plans(PROMPTS[:1])
    assert gap(fly(with_stage(tiny.model, parts=broken), plans).x[0], latents[0]) > MOVED


@pytest.mark.parametrize("fault", [{"count": 1000}, {"beta": (0.00085, 0.012)}])
def test_the_table_is_its_own(tiny: Tiny, latents: list[Tensor], fault: dict[str, Any]) -> None:
    broken = with_stage(tiny.model, path=replace(tiny.model.stages[0].path, **fault))
    assert gap(fly(broken, tiny.plans(PROMPTS[:1])).x[0], latents[0]) > MOVED


def test_no_word_of_a_long_text_is_lost(tiny: Tiny) -> None:
    (reader,) = tiny.model.stages[0].parts.readers
    long = "a red fox in the snow " * 60
    windows = reader.windows(long)
    assert isinstance(reader, GlmReader)
    assert len(windows) > 1 and list(chain(*windows)) == reader.words.encode(long)
    tokens, pooled = reader.read(windows)
    assert tokens.shape == (256 * len(windows), kolors.WIDTH) and pooled is not None
    alone, _ = reader.read(windows[:1])
    assert gap(tokens[:256], alone) < 1e-6
