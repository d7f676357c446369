"""Losses of the painter and its autoencoder; t runs from 0, the picture, to 1, noise: x_t = (1 - t) x0 + t
noise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from sfumato.models.house.autoencoder import Autoencoder
from sfumato.models.house.painter import Painter, Told
from sfumato.train.losses import WORDLESS, drawn_times, noised
from sfumato.train.world.batch import Batch, without_words

SCALES = 3  # at which edges are compared: full, half and quarter size
ERRORS = 0.3  # of latents, that the decoder is to bear
MOST_GUIDED = 8.0
HALVINGS = 3  # the shortest of the student's strides is 1 / 2^HALVINGS
FAR = 0.3  # share of rows that learn strides
EARLIEST = 0.05  # in t, below which the weight of an error grows no further


def coder_loss(network: Autoencoder, batch: Batch, generator: torch.Generator) -> Tensor:
    """Colours and edges after the way there and back, with small errors in between."""
    pictures = batch.pictures
    grid = (network.config.channels, pictures.shape[2] // 8, pictures.shape[3] // 8)
    level = ERRORS * torch.rand(len(pictures), 1, 1, 1, generator=generator) ** 2
    blur = (level * torch.randn(len(pictures), *grid, generator=generator)).to(pictures.device)
    back, loss = network(pictures, blur).float(), pictures.new_zeros(())
    for _ in range(SCALES):
        loss = loss + (back - pictures).abs().mean()
        loss = loss + sum((_across(back, axis) - _across(pictures, axis)).abs().mean() for axis in (2, 3))
        back, pictures = avg_pool2d(back, 2), avg_pool2d(pictures, 2)
    return loss


def painter_loss(coder: Autoencoder, network: Painter, batch: Batch, generator: torch.Generator) -> Tensor:
    """The teacher's: velocity error from noise to latents, without words for a share of rows."""
    x0 = encoded(coder, batch.pictures)
    x, t = noised(x0, generator)
    told = _told(network, without_words(batch.words, WORDLESS, generator), batch, t)
    return weighted_error(network(x, told), x0, t)


def student_loss(
    coder: Autoencoder, teacher: Painter, network: Painter, batch: Batch, generator: torch.Generator
) -> Tensor:
    """The student's: the guided teacher's answer in one row (Meng et al. 2023), and for a share of rows
    one long step as two of half the length (Frans et al. 2024)."""
    x0 = encoded(coder, batch.pictures)
    t, stride = strides(len(x0), generator)
    noise = torch.randn(x0.shape, generator=generator).to(x0.device)
    t, stride = t.to(x0.device), stride.to(x0.device)
    x = x0.lerp(noise, t[:, None, None, None])
    guidance = MOST_GUIDED ** torch.rand(len(x0), generator=generator).to(x0.device)
    told = _told(network, batch.words, batch, t)._replace(guidance=guidance, stride=stride)
    with torch.no_grad():
        wanted = guided(teacher, x, _told(teacher, batch.words, batch, t), guidance)
        far = two_steps(network, x, told)
    wanted = torch.where(stride[:, None, None, None] > 0, far, wanted)
    return weighted_error(network(x, told), wanted, t)


def strides(rows: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Where rows are and how far they go, (B,) each: most only look, the others start at a multiple of
    their stride."""
    t = drawn_times(rows, generator)
    stride = 0.5 ** torch.randint(HALVINGS + 1, (rows,), generator=generator)
    stride = stride * (torch.rand(rows, generator=generator) < FAR)
    return torch.where(stride > 0, (t / stride.clamp(1e-3)).ceil() * stride, t).clamp(max=1), stride


def guided(teacher: Painter, x: Tensor, told: Told, guidance: Tensor) -> Tensor:
    """Classifier-free guidance of x0 (Ho and Salimans 2022): wordless + scale · (with words - wordless)."""
    empty = without_words(torch.ones_like(told.mask, dtype=torch.long), 2.0, torch.Generator())
    text, mask = teacher.encoder(empty)
    without = teacher(x, told._replace(text=text, mask=mask)).float()
    return without + guidance[:, None, None, None] * (teacher(x, told).float() - without)


def two_steps(network: Painter, x: Tensor, told: Told) -> Tensor:
    """The x0 to which one step of the stride must point to arrive where two of half of it do."""
    half, t = told.stride / 2, told.t
    # The shortest stride is made of directions here and now, of which there are no halves.
    own = torch.where(told.stride > 0.5**HALVINGS, half, torch.zeros_like(half))
    middle = moved(x, network(x, told._replace(stride=own)).float(), t, half)
    told = told._replace(t=t - half, stride=own)
    end = moved(middle, network(middle, told).float(), t - half, half)
    stride = (2 * half).clamp(1e-3)[:, None, None, None]
    return x - t[:, None, None, None] * (x - end) / stride


def moved(x: Tensor, x0: Tensor, t: Tensor, by: Tensor) -> Tensor:
    """x after a step of `by` towards t = 0 on the straight line through x0."""
    return x + (x0 - x) * (by / t.clamp(1e-3))[:, None, None, None]


def encoded(coder: Autoencoder, pictures: Tensor) -> Tensor:
    """Latents, as data."""
    with torch.no_grad():
        return coder.encoder(pictures).float()


def weighted_error(predicted: Tensor, x0: Tensor, t: Tensor) -> Tensor:
    """Mean squared error of the velocity, which is that of x0 over t."""
    weight = 1 / (t**2 + EARLIEST)
    return ((predicted.float() - x0).square().mean((1, 2, 3)) * weight).mean()


def _told(network: Painter, words: Tensor, batch: Batch, t: Tensor) -> Told:
    text, mask = network.encoder(words)
    richness = batch.richness.to(t.device)
    return Told(t, text, mask, richness, torch.ones_like(t), torch.zeros_like(t))


def _across(pictures: Tensor, axis: int) -> Tensor:
    return pictures.diff(dim=axis)
