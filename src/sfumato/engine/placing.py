"""Placing: where given pictures lie on the finished one, and what of it is painted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d, interpolate, pad

from sfumato.engine.post import as_mask, fitted

if TYPE_CHECKING:
    from sfumato.plan import Frame, Input, Plan


class Box(NamedTuple):
    """A rectangle in whole pixels or places from the upper left; it may stick out of what it lies on."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, picture: Tensor) -> Tensor:
        """What of a picture (..., H, W) lies within; the box must not stick out."""
        return picture[..., self.top : self.top + self.height, self.left : self.left + self.width]

    def scaled(self, old: tuple[int, int], new: tuple[int, int]) -> Box:
        """This box of something of `old` (height, width) on the same thing in its `new` size."""
        down, across = new[0] / old[0], new[1] / old[1]
        left, top = round(self.left * across), round(self.top * down)
        right = round((self.left + self.width) * across)
        bottom = round((self.top + self.height) * down)
        return Box(left, top, max(1, right - left), max(1, bottom - top))


def box_of(plan: Plan, frame: Frame | None) -> Box:
    """Where a picture of a plan lies, in pixels of the finished one before it is finished.

    Without a frame that is the whole, or what is left of it within the margins that repeat it.
    """
    if frame is not None:
        return Box(frame.left, frame.top, frame.width, frame.height)
    return Box(plan.wrap, plan.wrap, plan.width - 2 * plan.wrap, plan.height - 2 * plan.wrap)


def read(item: Input, given: Mapping[str, Tensor]) -> Tensor:
    """The picture that an input of a plan names. Raises ValueError when it is not given."""
    if item.hash not in given:
        raise ValueError(f"the plan reads a {item.role} picture {item.hash[:12]}…, which was not given.")
    return given[item.hash]


def placed(picture: Tensor, plan: Plan, frame: Frame | None, size: tuple[int, int]) -> Tensor:
    """A picture (3, H, W) where it lies in a stage of `size` (height, width); its edges go on outwards.

    In a picture that is to tile, what lies across goes on in place of the edges.
    """
    box = box_of(plan, frame).scaled((plan.height, plan.width), size)
    own = fitted(picture, box.width, box.height)
    return _spread(own, box, size, "circular" if plan.wrap and frame is None else "replicate")


def covered(plan: Plan, frame: Frame | None) -> Tensor:
    """(1, H, W) in the plan's size: 1 where a picture with this frame lies."""
    box = box_of(plan, frame)
    if plan.wrap and frame is None:
        return torch.ones(1, plan.height, plan.width)
    return _spread(torch.ones(1, box.height, box.width), box, (plan.height, plan.width), "constant")


def painted_anew(masks: Iterable[tuple[Tensor, Frame | None]], start: Frame | None, plan: Plan) -> Tensor:
    """(1, H, W) in the plan's size: 1 under a mask and where the start picture does not lie."""
    anew = 1 - covered(plan, start)
    for picture, frame in masks:
        over = as_mask(placed(picture, plan, frame, (plan.height, plan.width)))
        anew = torch.maximum(anew, over * covered(plan, frame))
    return anew


def continued(picture: Tensor, anew: Tensor) -> Tensor:
    """A picture (3, H, W) in which its surroundings go on smoothly over what is painted anew.

    Made smaller or encoded, it shows nothing of what was there. From sum and weight of what is kept, on ever
    coarser grids (pull-push, Gortler et al. 1996).
    """
    if not anew.any():
        return picture
    kept, (height, width) = 1 - anew, anew.shape[-2:]
    half = ((height + 1) // 2, (width + 1) // 2)
    if half == (height, width):  # a single place, and painted anew: there is nothing to go on
        return torch.zeros_like(picture)
    weight = adaptive_avg_pool2d(kept[None], half)[0]
    mean = adaptive_avg_pool2d((picture * kept)[None], half)[0] / weight.clamp(min=1e-6)
    around = continued(mean, (weight == 0).float())
    spread = interpolate(around[None], size=(height, width), mode="bilinear")[0]
    return torch.where(anew > 0, spread, picture)


def coarser(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """A mask (1, H, W) in another size (height, width): 1 where any of it was."""
    return mask if mask.shape[-2:] == size else adaptive_max_pool2d(mask[None], size)[0]


def _spread(picture: Tensor, box: Box, size: tuple[int, int], mode: str) -> Tensor:
    """A picture that fills the box, on a canvas of this size."""
    height, width = size
    around = (
        box.left,
        width - box.left - box.width,
        box.top,
        height - box.top - box.height,
    )
    inner = picture[
        ...,
        max(0, -around[2]) : box.height + min(0, around[3]),
        max(0, -around[0]) : box.width + min(0, around[1]),
    ]
    return pad(inner[None], tuple(max(0, side) for side in around), mode=mode)[0]
