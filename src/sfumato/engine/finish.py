"""Finish: the steps of arithmetic that a plan does to its finished pictures, all on uint8 (H, W, 3).

keep    what was not painted anew is the given picture again, exactly; within `amount` pixels of it the
        painted passes into the given one
crop    what lies within the frame
extend  the given picture and what was painted beside it, as one larger picture
agree   scaled back down, the picture becomes the given one; `amount` is how often this is corrected
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from sfumato.engine.placing import Box, box_of, painted_anew, placed
from sfumato.engine.post import resampled, resize, to_pixels

if TYPE_CHECKING:
    from sfumato.plan import Input, Plan, PostStep

Pictures = Mapping[str, Tensor]


def finished(picture: np.ndarray, plan: Plan, given: Pictures) -> np.ndarray:
    """The picture (H, W, 3) after the plan's steps; `given` as in `run`. ValueError for no such step."""
    for step in plan.post:
        if step.name not in STEPS:
            raise ValueError(f"there is no finishing step {step.name!r}: choose one of {', '.join(STEPS)}.")
        picture = STEPS[step.name](picture, step, plan, given)
    return picture


def keep(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    start = start_of(plan)
    masks = [(given[item.hash], item.frame) for item in plan.inputs if item.role == "mask"]
    anew = painted_anew(masks, start.frame, plan)  # (1, H, W)
    known = to_pixels(placed(given[start.hash], plan, start.frame, (plan.height, plan.width)))
    painted = _softened(anew, round(step.amount)).numpy().transpose(1, 2, 0)  # (H, W, 1)
    mixed = np.rint(painted * picture + (1 - painted) * known).astype(np.uint8)
    return np.where(anew.numpy().transpose(1, 2, 0) > 0, mixed, known)


def crop(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    box = box_of(plan, step.frame)
    return np.ascontiguousarray(picture[box.top : box.top + box.height, box.left : box.left + box.width])


def extend(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    start = start_of(plan)
    box, own = box_of(plan, start.frame), Box(0, 0, picture.shape[1], picture.shape[0])
    left, top = min(box.left, own.left), min(box.top, own.top)
    right = max(box.left + box.width, own.width)
    bottom = max(box.top + box.height, own.height)
    canvas = np.zeros((bottom - top, right - left, 3), np.uint8)
    known = resize(to_pixels(given[start.hash]), box.width, box.height)
    for piece, place in ((picture, own), (known, box)):
        down, across = place.top - top, place.left - left
        canvas[down : down + place.height, across : across + place.width] = piece
    return canvas


def agree(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    small = to_pixels(given[start_of(plan).hash]).astype(np.float64)
    height, width = picture.shape[:2]
    large = picture.astype(np.float64)
    for _ in range(round(step.amount)):
        off = small - resampled(large, small.shape[1], small.shape[0])
        large = np.clip(large + resampled(off, width, height), 0, 255)
    return np.rint(large).astype(np.uint8)


def start_of(plan: Plan) -> Input:
    """The picture that a plan starts from. Raises ValueError when there is none."""
    for item in plan.inputs:
        if item.role == "start":
            return item
    raise ValueError("this plan finishes with a picture it was not given: it needs one with the role start.")


def _softened(anew: Tensor, reach: int) -> Tensor:
    """How much of the painted shows: 0 where it is not painted anew, 1 beyond `reach` pixels from there."""
    if reach < 1:
        return anew
    near, inside = 1 - anew, torch.zeros_like(anew)
    for _ in range(reach):
        inside, near = inside + (1 - near), max_pool2d(near[None], 3, stride=1, padding=1)[0]
    return torch.minimum(anew, (inside + (1 - near)) / (reach + 1))


Step = Callable[[np.ndarray, "PostStep", "Plan", Pictures], np.ndarray]

STEPS: Mapping[str, Step] = MappingProxyType({"keep": keep, "crop": crop, "extend": extend, "agree": agree})
