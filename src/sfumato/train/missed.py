"""How far off the eye's networks are: the losses they learn by."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import (
    avg_pool2d,
    cross_entropy,
    ctc_loss,
    l1_loss,
)

from sfumato.models.judge import CELL, USUAL_PX, Places
from sfumato.train.seeing import Truth

ROUGH = 0.1  # of tint and grain
OFF, STRETCH = 0.06, 0.1  # how far boxes are from the true ones, in sides and in octaves


def finder_loss(network: nn.Module, truth: Truth, generator: torch.Generator) -> Tensor:
    """Of centres, sizes, places and styles."""
    seen: Places = network(roughened(truth.pictures, generator))
    parts = [focal(seen.heart.float(), truth.heart, truth.open)]
    parts += [cross_entropy(seen.ground, truth.ground), cross_entropy(seen.style, truth.style)]
    if len(truth.row):
        cells = (truth.box[:, :2] / CELL).long().T
        told = seen.box.float()[truth.row, :, cells[1], cells[0]]
        parts.append(l1_loss(told, boxed(truth.box)))
    return torch.stack(parts).sum()


def boxed(box: Tensor) -> Tensor:
    """Boxes in pixels as a finder says them, (T, 3)."""
    inside = box[:, :2] / CELL % 1 - 0.5
    return torch.cat([inside, (box[:, 2:] / USUAL_PX).log2()], 1)


def shaken(box: Tensor, generator: torch.Generator) -> Tensor:
    """Boxes as a finder could have found them."""
    noise = torch.randn(box.shape, generator=generator).to(box.device)
    middle = box[:, :2] + OFF * noise[:, :2] * box[:, 2:]
    return torch.cat([middle, box[:, 2:] * (STRETCH * noise[:, 2:]).exp2()], 1)


def reader_loss(network: nn.Module, truth: Truth, generator: torch.Generator) -> Tensor:
    """Of texts, wherever in the columns their letters stand (Graves et al. 2006)."""
    letters = network(roughened(truth.pictures, generator)).float().log_softmax(-1)
    columns = torch.full((len(letters),), letters.shape[1])
    none = letters.shape[2] - 1
    return ctc_loss(
        letters.transpose(0, 1), truth.letters, columns, truth.length, blank=none, zero_infinity=True
    )


def roughened(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Renders uint8 (B, 3, H, W) in [-1, 1], a little softer, tinted and grained, as a model's pictures
    are."""
    plain = pictures.float() / 127.5 - 1
    soft = avg_pool2d(plain, 3, stride=1, padding=1, count_include_pad=False)
    share = torch.rand(len(plain), 1, 1, 1, generator=generator).to(plain.device)
    tint = ROUGH * torch.randn(len(plain), 3, 1, 1, generator=generator).to(plain.device)
    grain = ROUGH * torch.randn(plain.shape, generator=generator).to(plain.device)
    return plain.lerp(soft, share) + tint + grain * share


def focal(scores: Tensor, heart: Tensor, whole: Tensor) -> Tensor:
    """Of cells with and without a thing's centre, by how hard they are (Zhou et al. 2019, eq. 1)."""
    likely = scores.sigmoid().clamp(1e-4, 1 - 1e-4)
    centre = (heart == 1).float()
    missed = centre * (1 - likely) ** 2 * likely.log()
    wrong = (1 - heart) ** 4 * likely**2 * (1 - likely).log() * whole[:, None, None]
    return -(missed + wrong).sum() / centre.sum().clamp(1)
