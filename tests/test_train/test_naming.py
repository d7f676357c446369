"""A namer found in closed form: against the formula in numpy, and that it names what it has seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from sfumato.models.judge import CROP_PX, NamerConfig, cut
from sfumato.models.judge.namer import edges, measured
from sfumato.train.naming import ALONE, RIDGE, alone, fitted, load_sums, look, no_sums
from sfumato.train.seeing import names, standing, truths
from sfumato.train.world.atlas import Atlas
from sfumato.train.world.lexicon import COLOURS

SMALL = NamerConfig(3, 2, pixels=2, turns=1)
CPU = torch.device("cpu")


def test_scores_are_linear_discriminants(tmp_path: Path) -> None:
    """The textbook's: x Σ⁻¹ μ - μ Σ⁻¹ μ / 2, with one covariance within all classes and weights of
    samples."""
    rng = np.random.Generator(np.random.Philox(0))
    x = rng.normal(size=(90, SMALL.features)) * rng.uniform(0.5, 3, SMALL.features) + 2
    kind, weight = rng.integers(0, 3, 90), np.repeat([1.0, 4.0], 45)
    x[:, 0] += 2 * kind
    sums = no_sums(SMALL, CPU)
    for w in (1.0, 4.0):
        some = weight == w
        told = torch.from_numpy(kind[some])
        sums.add(torch.from_numpy(x[some]).float(), told, told % 2, w)
    sums.save(tmp_path / "sums.safetensors")
    network = fitted(load_sums(tmp_path / "sums.safetensors"), SMALL)

    mean = np.average(x, 0, weight)
    z = (x - mean) / np.sqrt(np.average((x - mean) ** 2, 0, weight))
    centres = np.stack([np.average(z[kind == k], 0, weight[kind == k]) for k in range(3)])
    within = np.einsum("n,ni,nj->ij", weight, z - centres[kind], z - centres[kind]) / weight.sum()
    within += RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    w = np.linalg.solve(within, centres.T)
    expected = z @ w - 0.5 * (centres.T * w).sum(0)
    features = (torch.from_numpy(x).float() - network.mean) / network.spread
    assert np.allclose(network.sprite(features).detach(), expected, atol=1e-3)


def test_a_namer_names_sprites_in_their_colours(atlas: Atlas) -> None:
    config = NamerConfig(40, len(COLOURS) + 1)
    sums, generator = no_sums(config, CPU), torch.Generator().manual_seed(0)
    sprites = atlas.sprites[:2000:50]
    for _ in range(12):
        chosen = torch.randint(40, (128,), generator=generator)
        crops, colour = alone(sprites[chosen], generator)
        sums.add(measured(crops, config), chosen, colour, 1.0)
    network = fitted(sums, config)
    chosen = torch.arange(40).repeat(5)
    crops, colour = alone(sprites[chosen], generator)
    told = network(crops)
    assert (told.sprite.argmax(1) == chosen).float().mean() > 0.8 > 3 / 40
    dyed = colour < len(COLOURS)
    assert (told.colour.argmax(1) == colour)[dyed].float().mean() > 0.4 > 3 / len(COLOURS)


def test_edges_are_counted_by_their_direction_whatever_their_contrast() -> None:
    step = torch.zeros(1, 3, CROP_PX, CROP_PX)
    step[..., CROP_PX // 2 - 4 :] = 1.0  # an edge upwards in brightness from left to right, inside a cell
    counted = edges(step, 4).unflatten(1, (4, 8, 8))[0]
    right, down, left, up = counted.amax((1, 2)).tolist()
    assert right > 1 > 0.05 > max(down, left, up)
    rough = torch.randn(1, 3, CROP_PX, CROP_PX, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(edges(rough / 2, 4), edges(rough, 4), rtol=0.05)


def test_a_sprite_alone_is_a_crop_of_it_on_one_colour(atlas: Atlas) -> None:
    generator = torch.Generator().manual_seed(1)
    crops, colour = alone(torch.zeros(50, 4, 128, 128, dtype=torch.uint8), generator)
    assert crops.flatten(2).std(2).max() < 1e-4 and crops.abs().max() <= 1
    assert 10 < (colour == len(COLOURS)).sum() < 45


def test_crops_of_whole_pictures_count_too(atlas: Atlas) -> None:
    known, config = names(), NamerConfig(len(atlas.sprites), len(COLOURS) + 1, pixels=2, turns=1)
    drawn = truths(standing, 0, 4, atlas, known)
    generator = torch.Generator().manual_seed(0)
    sums = next(look(no_sums(config, CPU), config, drawn, atlas.sprites, generator))
    things = len(next(truths(standing, 0, 4, atlas, known)).row)
    assert int(sums.crops) == ALONE + things
    assert float(sums.sprites.sum()) == ALONE + 4 * things == float(sums.colours.sum())


def test_cutting_nothing_gives_nothing() -> None:
    assert cut(torch.zeros(1, 3, 96, 128)[:0], torch.zeros(0, 3)).shape == (0, 3, CROP_PX, CROP_PX)
