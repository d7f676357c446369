"""Pairs for the enlarger, its loss and its scores: exact answers, and what must hold of any draw."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from sfumato.train.enlarging import (
    EDGES,
    PIECE,
    SCALE,
    Pairs,
    as_tensor,
    cut,
    enlarger_loss,
    lattice,
    open_upper,
    painted_over,
    pairs,
    roughened,
    shrunk,
)
from sfumato.train.metrics.enlarged import held_out, score

SIDE = PIECE * SCALE


def drawn(seed: int, side: int = SIDE) -> np.ndarray:
    """Coarse squares of colour."""
    small = np.random.default_rng(seed).integers(0, 256, (side // 32, side // 32, 3), np.uint8)
    return small.repeat(32, 0).repeat(32, 1)


def test_pairs_are_pieces_and_their_quarters(atlas) -> None:
    first, second = islice(pairs(1, 8, atlas, open_upper(), kept=32), 2)
    assert first.small.shape == (8, 3, PIECE, PIECE) and first.large.shape == (8, 3, SIDE, SIDE)
    for batch in (first, second):
        assert max(batch.small.abs().max(), batch.large.abs().max()) <= 1
        small = nn.functional.avg_pool2d(batch.large, SCALE)
        off = (small - batch.small).abs().mean((1, 2, 3))
        other = (small.roll(1, 0) - batch.small).abs().mean((1, 2, 3))
        assert off.mean() < 0.5 * other.mean(), "each small one is of its own large one"
    (again,) = islice(pairs(1, 8, atlas, open_upper(), kept=32), 1)
    assert torch.equal(again.small, first.small) and not torch.equal(second.large, first.large)


@given(st.integers(0, 99))
def test_flaws_are_small_and_clean_ones_have_none(seed: int) -> None:
    rng, picture = np.random.default_rng(seed), shrunk(drawn(seed), np.random.default_rng(seed))
    assert np.array_equal(roughened(picture, rng, clean=1), picture)
    rough = roughened(picture, rng, clean=0)
    assert rough.shape == picture.shape and rough.dtype == np.uint8
    assert np.abs(rough.astype(int) - picture).mean() < 40


def test_most_rough_ones_differ() -> None:
    picture, rng = shrunk(drawn(0), np.random.default_rng(0)), np.random.default_rng(1)
    assert sum((roughened(picture, rng, clean=0) != picture).any() for _ in range(20)) > 10


def test_a_piece_lies_in_the_picture_in_one_of_eight_ways() -> None:
    """Of a picture as large as a piece: all ways come, and nothing else."""
    picture, rng = drawn(3), np.random.default_rng(0)
    ways = {np.rot90(own, turn).tobytes() for own in (picture, picture[:, ::-1]) for turn in range(4)}
    assert {cut(picture, rng).tobytes() for _ in range(100)} == ways


def test_a_lattice_repeats_its_patch_by_strength() -> None:
    """Beside a place with the same strength everywhere it would be the patch again and again."""
    own = lattice((16, 24, 3), np.random.default_rng(0))
    assert own.shape == (16, 24, 3) and 0 < np.abs(own).max() < 40


def test_what_the_house_model_paints_over_stays_in_its_place() -> None:
    upper = open_upper()
    picture = as_tensor([shrunk(drawn(5), np.random.default_rng(0))])
    over = painted_over(upper, picture, np.random.default_rng(0))
    off = (over - picture).abs().mean()
    assert over.shape == picture.shape and 0.005 < off < 0.5 * (picture - picture.flip(2)).abs().mean()


class Off(nn.Module):
    """The right answer, and more."""

    def __init__(self, large: torch.Tensor, more: torch.Tensor) -> None:
        super().__init__()
        self.answer = large + more

    def forward(self, small: torch.Tensor) -> torch.Tensor:
        return self.answer


def test_the_loss_is_nothing_for_the_truth_and_more_for_a_step_than_for_a_shade() -> None:
    batch = Pairs(torch.zeros(1, 3, 4, 4), as_tensor([drawn(0)]))
    shade = torch.full((1, 3, SIDE, SIDE), 0.5)
    step = shade.clone()
    step[..., SIDE // 2 :] = -0.5

    def loss(more: torch.Tensor) -> float:
        return float(enlarger_loss(Off(batch.large, more), batch, torch.Generator()))

    assert loss(torch.zeros_like(shade)) == 0
    assert loss(shade) == pytest.approx(
        0.5 + 0.02 * 0.5 / (SIDE // 2 + 1), rel=1e-4
    )  # one of its frequencies
    assert loss(step) > loss(shade) + EDGES / (SIDE - 1) * 0.99


def test_scores_are_exact() -> None:
    """Off by one everywhere is 48.13 dB; sharpness is the ratio of squared steps, whatever the brightness."""
    true = drawn(1, 64)
    true = np.clip(true, 1, 254)
    assert score(true, true).psnr > 100 and score(true, true).sharpness == 1
    off = score(true + 1, true)
    assert off.psnr == pytest.approx(48.1308, abs=1e-3) == off.edge_psnr and off.sharpness == pytest.approx(1)
    half = score((true // 2 * 2 // 2).astype(np.uint8), (true // 2 * 2).astype(np.uint8))
    assert half.sharpness == pytest.approx(0.25)


def test_edges_are_where_the_truth_is_steepest() -> None:
    true = np.zeros((64, 64, 3), np.uint8)
    true[:, 32:] = 200
    blurred = true.copy()
    blurred[:, 31:33] = 100
    told = score(blurred, true)
    assert told.edge_psnr < told.psnr and told.sharpness == pytest.approx(0.5)


def test_held_out_pairs_are_always_the_same(atlas) -> None:
    ones, others = (list(held_out(atlas, 3, rough=False)) for _ in range(2))
    rough = list(held_out(atlas, 3, rough=True))
    assert len(ones) == 3 and ones[0][0].shape == (64, 64, 3) and ones[0][1].shape == (256, 256, 3)
    for (small, true), (again, same), (flawed, behind) in zip(ones, others, rough, strict=True):
        assert np.array_equal(small, again) and np.array_equal(true, same) and np.array_equal(true, behind)
        assert np.abs(flawed.astype(int) - small).mean() < 40
