"""Known: the region of a picture that inpainting keeps, and the guidance that puts it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from sfumato.engine import NOTHING, Answer, Guidance, NoisePath, Setting, as_mask
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.movq import Movq
from sfumato.models._parts.scheduler import FIRST

# A kept place is given up beside any of these steps (down, right) from a repainted one: the released stencil
# has six of the eight neighbours.
STENCIL = ((-1, 0), (0, -1), (-1, -1), (1, 0), (0, 1), (1, 1))


@dataclass(frozen=True, eq=False)
class Known:
    """latent  (C, h, w): the picture's, 0 where it is to be painted anew
    keep    (1, h, w): 1 where the picture is kept
    """

    latent: Tensor
    keep: Tensor


def known(setting: Setting, space: Movq) -> Known:
    """What the pictures start and mask leave as it is; without a mask nothing."""
    stage = setting.stage
    height, width = stage.height // space.factor, stage.width // space.factor
    picture, mask = setting.picture("start"), setting.picture("mask")
    if picture is None or mask is None:
        return Known(torch.zeros(space.channels, height, width), torch.zeros(1, height, width))
    keep = 1 - as_mask(mask)[:, :: space.factor, :: space.factor]
    keep = shrunk(keep)
    return Known(space.encode(picture) * keep, keep)


def shrunk(keep: Tensor) -> Tensor:
    """A mask (1, h, w) that gives up every place beside a repainted one, so that no seam is kept."""
    height, width = keep.shape[-2:]
    padded = torch.nn.functional.pad(keep, (1, 1, 1, 1), value=1.0)
    for down, right in STENCIL:
        keep = keep * padded[:, 1 - down : 1 - down + height, 1 - right : 1 - right + width]
    return keep


@dataclass(frozen=True, eq=False)
class Finishing:
    """Another guidance, and what the released samplers do to its x0 after they have limited it.

    known  what is put back; where x0 is known, so is the variance of a step: that of the posterior
    last   the time of the look from which the run goes to the noise table's first entry, no further
    """

    inner: Guidance
    limits: Limits
    known: Known | None = None
    last: float | None = None

    def roles(self, t: float) -> tuple[str, ...]:
        return self.inner.roles(t)

    def net(self, role: str) -> str:
        return self.inner.net(role)

    def join(
        self,
        answers: Mapping[str, Answer],
        x: Tensor,
        t: float,
        path: NoisePath,
        kept: Mapping[str, Tensor] = NOTHING,
    ) -> Answer:
        joined = self.inner.join(answers, x, t, path, kept)
        x0, variance = self.limits.apply(joined.x0), joined.variance
        if self.known:
            keep = self.known.keep
            x0 = self.known.latent * keep + x0 * (1 - keep)
            variance = None if variance is None else variance * (1 - keep)
        if t == self.last:
            x0 = path.move(x, x0, t, FIRST)
        return Answer(x0, variance, joined.kept)
