"""Finish: the steps of arithmetic that a plan does to its finished pictures, all on uint8 (H, W, 3).

keep    what was not painted anew is the given picture again, exactly; within `amount` pixels of it what
        was painted passes into what goes on from there
join    what was painted around the given picture takes over its colours at the border, which fades within
        `amount` of the shorter side
crop    what lies within the frame
extend  the given picture and what was painted beside it, as one larger picture
turn    a picture that tiles is moved round, by as little as it takes, until it changes no more across its
        borders than it does inside
fit     the picture in the size of the frame
agree   scaled back down, the picture becomes the given one; `amount` is how often this is corrected
near    scaled back down, the picture is the given one at `amount` dB: only what is farther off is corrected,
        so that what a network cleans away stays away
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from sfumato.engine.joining import joined
from sfumato.engine.placing import Box, box_of, continued, painted_anew, placed, read
from sfumato.engine.post import resampled, resize, to_pixels

if TYPE_CHECKING:
    from sfumato.plan import Input, Plan, PostStep

Pictures = Mapping[str, Tensor]
TRIES, MARGIN = 8, 0.9  # corrections until a picture is near, and how much nearer each aims


def finished(picture: np.ndarray, plan: Plan, given: Pictures) -> np.ndarray:
    """The picture (H, W, 3) after the plan's steps; `given` as in `run`. ValueError for no such step."""
    for step in plan.post:
        if step.name not in STEPS:
            raise ValueError(f"there is no finishing step {step.name!r}: choose one of {', '.join(STEPS)}.")
        picture = STEPS[step.name](picture, step, plan, given)
    return picture


def keep(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    start = start_of(plan)
    masks = [(read(item, given), item.frame) for item in plan.inputs if item.role == "mask"]
    anew = painted_anew(masks, start.frame, plan)  # (1, H, W)
    known = placed(read(start, given), plan, start.frame, (plan.height, plan.width))
    known = to_pixels(continued(known, anew))
    painted = _softened(anew, round(step.amount)).numpy().transpose(1, 2, 0)  # (H, W, 1)
    return np.rint(painted * picture + (1 - painted) * known).astype(np.uint8)


def join(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    start, size = start_of(plan), (plan.height, plan.width)
    known = placed(read(start, given), plan, start.frame, size)
    painted = torch.from_numpy(picture).permute(2, 0, 1) / 127.5 - 1
    return to_pixels(joined(painted, known, box_of(plan, start.frame), step.amount * min(size)))


def crop(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    box, (height, width) = box_of(plan, step.frame), picture.shape[:2]
    if min(box.left, box.top) < 0 or box.left + box.width > width or box.top + box.height > height:
        raise ValueError(f"what is to be cut out sticks out of the {width} × {height} pixels of the picture.")
    return np.ascontiguousarray(picture[box.top : box.top + box.height, box.left : box.left + box.width])


def fit(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    box = box_of(plan, step.frame)
    return resize(picture, box.width, box.height)


def extend(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    start = start_of(plan)
    box, own = box_of(plan, start.frame), Box(0, 0, picture.shape[1], picture.shape[0])
    left, top = min(box.left, own.left), min(box.top, own.top)
    right = max(box.left + box.width, own.width)
    bottom = max(box.top + box.height, own.height)
    canvas = np.zeros((bottom - top, right - left, 3), np.uint8)
    known = resize(to_pixels(read(start, given)), box.width, box.height)
    for piece, place in ((picture, own), (known, box)):
        down, across = place.top - top, place.left - left
        canvas[down : down + place.height, across : across + place.width] = piece
    return canvas


def turn(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    """There is always such a place: the least of the steps around is no larger than their mean."""
    for axis in (0, 1):
        around = np.abs(picture.astype(np.int64) - np.roll(picture, 1, axis)).sum((1 - axis, 2))
        calm = np.flatnonzero(around * len(around) <= around.sum())  # before which rows, or columns, to cut
        way = np.where(calm * 2 > len(around), calm - len(around), calm)
        picture = np.roll(picture, -int(way[np.argmin(np.abs(way))]), axis)
    return np.ascontiguousarray(picture)


def agree(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    small = to_pixels(read(start_of(plan), given)).astype(np.float64)
    height, width = picture.shape[:2]
    large = picture.astype(np.float64)
    for _ in range(round(step.amount)):
        off = small - resampled(large, small.shape[1], small.shape[0])
        large = np.clip(large + resampled(off, width, height), 0, 255)
    return np.rint(large).astype(np.uint8)


def near(picture: np.ndarray, step: PostStep, plan: Plan, given: Pictures) -> np.ndarray:
    small = to_pixels(read(start_of(plan), given)).astype(np.float64)
    large, allowed = picture.astype(np.float64), 255 * 10 ** (-step.amount / 20)
    for _ in range(TRIES):
        off = small - resampled(large, small.shape[1], small.shape[0])
        error = float(np.sqrt(np.square(off).mean()))
        if error <= allowed:
            break
        share = 1 - MARGIN * allowed / error
        large = np.clip(large + share * resampled(off, picture.shape[1], picture.shape[0]), 0, 255)
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

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "keep": keep,
        "join": join,
        "crop": crop,
        "fit": fit,
        "extend": extend,
        "turn": turn,
        "agree": agree,
        "near": near,
    }
)
