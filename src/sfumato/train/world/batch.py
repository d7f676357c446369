"""Endless batches of captioned pictures for training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from sfumato.models.house.words import EMPTY, START, read_words
from sfumato.train.metrics.questions import questions
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.captions import UNSEEN, describe, normalised
from sfumato.train.world.compose import WIDE
from sfumato.train.world.draw import draw_scene
from sfumato.train.world.render import render
from sfumato.train.world.scene import Scene

# Shapes (height, width) in cells of a sixteenth of the square's side, about 256 cells each. They come equally
# often (balanced buckets, Li et al. 2024, Playground v2.5), so that no shape is a stranger.
SHAPES = (
    (11, 22), (12, 21), (13, 20), (14, 18), (16, 16), (18, 14), (20, 13), (21, 12), (22, 11), WIDE,
)  # fmt: skip
CELLS = 16


class Batch(NamedTuple):
    """Pictures (B, 3, H, W) in [-1, 1], the words of their captions (B, L), how rich they are (B,), and
    what they show."""

    pictures: Tensor
    words: Tensor
    richness: Tensor
    scenes: tuple[Scene, ...]


def words_tensor(texts: Sequence[str], vocabulary: Sequence[str], length: int) -> Tensor:
    """Texts as word ids (B, L), filled up with EMPTY."""
    rows = [read_words(text, vocabulary, length).ids for text in texts]
    return torch.tensor([row + (EMPTY,) * (length - len(row)) for row in rows])


def batches(
    seed: int,
    rows: int,
    side: int,
    atlas: Atlas,
    vocabulary: Sequence[str],
    length: int = 64,
    multiple: int = 1,
) -> Iterator[Batch]:
    """Batches of `rows` pictures, all of one shape of about side × side pixels; none says a committed prompt.

    multiple  of which both sides are whole ones

    Drawn at twice the size and averaged down where that is cheap, as small pictures show every jagged edge.
    """
    finer = 2 if side <= 64 else 1
    asked = {normalised(text) for question in questions() for text in (question.en, question.zh)}
    unseen = UNSEEN | asked
    rng = np.random.Generator(np.random.Philox(seed))
    while True:
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        kind = "views" if shape == WIDE and rng.random() < 0.5 else None
        scenes = tuple(draw_scene(rng, shape, kind) for _ in range(rows))
        texts = [describe(scene, rng, unseen) for scene in scenes]
        height, width = pixels(shape, side, multiple)
        pictures = render(scenes, atlas, (height * finer, width * finer))
        pictures = avg_pool2d(pictures, finer) if finer > 1 else pictures
        words = words_tensor(texts, vocabulary, length).to(atlas.device)
        yield Batch(pictures, words, torch.tensor([scene.richness for scene in scenes]), scenes)


def pixels(shape: tuple[int, int], side: int, multiple: int = 1) -> tuple[int, int]:
    """A shape as (height, width) in pixels, whole multiples, for squares of `side`."""
    height, width = (cells * side // CELLS // multiple * multiple for cells in shape)
    return height, width


def without_words(words: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace that share of the rows by the empty text (classifier-free guidance, Ho and Salimans 2022)."""
    empty = torch.full_like(words, EMPTY)
    empty[:, 0] = START
    drop = torch.rand(len(words), 1, generator=generator) < share
    return torch.where(drop.to(words.device), empty, words)
