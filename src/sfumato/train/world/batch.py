"""Endless batches of captioned pictures for training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from sfumato.models.house.words import EMPTY, START, read_words
from sfumato.train.world.caption import describe
from sfumato.train.world.render import render
from sfumato.train.world.scene import Scene, draw_scene

# Canvas shapes (height, width) in cells of an eighth of the square's side, and how often each is drawn.
SHAPES = ((8, 8), (7, 9), (9, 7), (6, 10), (10, 6), (6, 11), (11, 6))
SHARES = (0.52, 0.08, 0.08, 0.1, 0.1, 0.06, 0.06)


class Batch(NamedTuple):
    """Pictures (B, 3, H, W) in [-1, 1], the words of their captions (B, L), and what they show."""

    pictures: Tensor
    words: Tensor
    scenes: tuple[Scene, ...]


def words_tensor(texts: Sequence[str], vocabulary: Sequence[str], length: int) -> Tensor:
    """Texts as word ids (B, L), filled up with EMPTY."""
    rows = [read_words(text, vocabulary, length).ids for text in texts]
    return torch.tensor([row + (EMPTY,) * (length - len(row)) for row in rows])


def batches(
    seed: int, rows: int, side: int, atlas: Tensor, vocabulary: Sequence[str], length: int = 24
) -> Iterator[Batch]:
    """Batches of `rows` pictures, all of one shape of about side × side pixels.

    Drawn at twice the size and averaged down where that is cheap, as small pictures show every jagged edge.
    """
    finer = 2 if side <= 64 else 1
    rng = np.random.Generator(np.random.Philox(seed))
    while True:
        height, width = SHAPES[int(rng.choice(len(SHAPES), p=SHARES))]
        size = (height * side // 8 * finer, width * side // 8 * finer)
        scenes = tuple(draw_scene(rng) for _ in range(rows))
        texts = [describe(scene, rng) for scene in scenes]
        pictures = render(scenes, atlas, size)
        pictures = avg_pool2d(pictures, finer) if finer > 1 else pictures
        yield Batch(pictures, words_tensor(texts, vocabulary, length).to(atlas.device), scenes)


def without_words(words: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace that share of the rows by the empty text (classifier-free guidance, Ho and Salimans 2022)."""
    empty = torch.full_like(words, EMPTY)
    empty[:, 0] = START
    drop = torch.rand(len(words), 1, generator=generator) < share
    return torch.where(drop.to(words.device), empty, words)
