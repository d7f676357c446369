"""What can be seen of an edit in the finished picture, beside that it is another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

import numpy as np
from torch import Tensor

from sfumato.engine import Model, Stage, finished, fitted, resize, to_pixels
from sfumato.engine.amend import torus
from sfumato.engine.leg import stage_of
from sfumato.models.family import Family
from sfumato.plan import Frame, Plan, Restyle, Upscale
from tinies.edits import EDITS, LARGER, OTHER, OWN, edited, given, many
from tinies.flights import fly, gap
from tinies.operations import PLAIN, hash_of, plain

VISIBLE = 1e-3
"""What works changes the result by more than this, as a `gap`."""
LEVELS = 2.0  # of 255, in the mean: so far a picture that was shrunk again may be from the one before


@dataclass(frozen=True)
class Made:
    """x  what the last stage left;  picture (3, H, W) and pixels uint8: before and after it was finished
    rows  asked about in all
    """

    family: Family
    model: Model
    plan: Plan
    x: Tensor
    rows: int

    @property
    def stage(self) -> Stage:
        return stage_of(self.model, self.plan.stages[-1])

    @property
    def picture(self) -> Tensor:
        return self.stage.decode(self.x)

    @property
    def pixels(self) -> np.ndarray:
        return finished(to_pixels(self.picture), self.plan, given(self.family))

    def shown(self, name: str, width: int, height: int) -> np.ndarray:
        """A given picture in another size, as pixels."""
        return to_pixels(fitted(given(self.family)[hash_of(name)], width, height))

    def again(self, plan: Plan) -> Made:
        return make(self.family, self.model, plan)

    def differs(self, plan: Plan) -> None:
        other = self.again(plan)
        assert gap(self.x, other.x) > VISIBLE, "nothing came of what sets it apart from another plan"


def make(family: Family, model: Model, plan: Plan) -> Made:
    flown = fly(model, [plan], given(family))
    return Made(family, model, plan, flown.x[0], sum(flown.rows))


def _untouched(made: Made) -> None:
    start = fitted(given(made.family)[hash_of("start")], made.plan.width, made.plan.height)
    assert made.x.equal(made.stage.encode(start)), "at strength 0 only the autoencoder is left"


def _restyled(made: Made) -> None:
    made.differs(edited(made.family, Restyle(strength=0), "start"))


def _varied_more(made: Made) -> None:
    made.differs(EDITS["vary (subtle)"](made.family))


def _kept_beside_the_mask(made: Made) -> None:
    """The mask is white on the right."""
    half, known = made.plan.width // 2, made.shown("start", made.plan.width, made.plan.height)
    assert (made.pixels[:, :half] == known[:, :half]).all()
    assert (made.pixels[:, half:] != known[:, half:]).any()


def _kept_within(made: Made) -> None:
    """What lies around the picture is not its edges, drawn outwards."""
    frame = _frame(made)
    rows = np.s_[frame.top : frame.top + frame.height]
    columns = np.s_[frame.left : frame.left + frame.width]
    assert (made.pixels[rows, columns] == made.shown("start", frame.width, frame.height)).all()
    around = ((frame.top, made.plan.height), (frame.left, made.plan.width))
    sizes = (frame.height, frame.width)
    pads = [(before, whole - before - own) for (before, whole), own in zip(around, sizes, strict=True)]
    edges = np.pad(made.pixels[rows, columns], (*pads, (0, 0)), mode="edge")
    assert (edges != made.pixels).any()


def _square(made: Made) -> None:
    assert made.plan.width == made.plan.height
    _kept_within(made)


def _grown(to: str) -> Callable[[Made], None]:
    """One side is longer, and the picture that was there is there to the last pixel."""

    def proof(made: Made) -> None:
        own = to_pixels(given(made.family)[hash_of(OWN)])
        (height, width, _), pixels = own.shape, made.pixels
        flat = to in ("left", "right")
        more = pixels.shape[1 if flat else 0] - (width if flat else height)
        assert more > 0 and pixels.shape == ((height, width + more, 3) if flat else (height + more, width, 3))
        turned, old = (pixels, own) if flat else (pixels.swapaxes(0, 1), own.swapaxes(0, 1))
        first = to in ("left", "up")
        kept, new, edge = (
            (turned[:, more:], turned[:, :more], old[:, :1])
            if first
            else (turned[:, :-more], turned[:, -more:], old[:, -1:])
        )
        assert (kept == old).all() and (new != edge).any()

    return proof


def _larger(made: Made) -> None:
    """By windows, and not by resizing alone."""
    own = to_pixels(given(made.family)[hash_of(OWN)])
    height, width = (round(side * LARGER) for side in own.shape[:2])
    assert made.pixels.shape == (height, width, 3)
    last = made.plan.stages[-1]
    assert made.rows >= prod(2 if side > (last.window or side) else 1 for side in (last.width, last.height))
    assert (made.pixels != resize(own, width, height)).mean() > 0.1


def _larger_and_the_same(made: Made) -> None:
    _larger(made)
    own = to_pixels(given(made.family)[hash_of(OWN)])
    back = resize(made.pixels, own.shape[1], own.shape[0])
    assert np.abs(back.astype(int) - own).mean() < LEVELS


def _larger_with_more_in_it(made: Made) -> None:
    _larger(made)
    subtle = made.again(edited(made.family, Upscale(factor=LARGER), OWN))
    assert (made.pixels != subtle.pixels).mean() > 0.1


def _of_both(made: Made) -> None:
    first, *others = made.plan.inputs
    second = next(item for item in others if item.role == first.role)
    twice = tuple(first if item is second else item for item in made.plan.inputs)
    made.differs(made.plan.model_copy(update={"inputs": twice}))


def _tiles(made: Made) -> None:
    """Its margins are what lies across, and they are cut off."""
    plan, usual = made.plan, plain(made.family)
    assert made.pixels.shape == (usual.height, usual.width, 3)
    closed = torus(plan.wrap, (plan.height, plan.width), (made.x.shape[-2], made.x.shape[-1]))
    assert closed.rows and closed.columns
    assert gap(made.x, closed.spread(made.x)) < 1e-5


def _neither(made: Made) -> None:
    """Another text, heard in part, is neither the one nor the other."""
    made.differs(plain(made.family, PLAIN.replace("a red fox in the snow", OTHER)))


def _fewer_looks(made: Made) -> None:
    every = made.again(many(made.family))
    assert made.rows < every.rows and gap(made.x, every.x) > VISIBLE


def _more_looks(made: Made) -> None:
    assert made.rows > made.again(plain(made.family)).rows


def _frame(made: Made) -> Frame:
    frame = next(item.frame for item in made.plan.inputs if item.role == "start")
    assert frame
    return frame


PROOFS: Mapping[str, Callable[[Made], None]] = MappingProxyType(
    {
        "restyle": _restyled,
        "restyle, strength 0": _untouched,
        "vary (strong)": _varied_more,
        "vary (region)": _kept_beside_the_mask,
        "zoom out": _kept_within,
        "make square": _square,
        **{f"pan {to}": _grown(to) for to in ("left", "right", "up", "down")},
        "upscale (subtle)": _larger_and_the_same,
        "upscale (creative)": _larger_with_more_in_it,
        "blend of two pictures": _of_both,
        "`--tile`": _tiles,
        "prompt switch": _neither,
        "regional prompt": _neither,
        "step cache": _fewer_looks,
        "windows": _more_looks,
    }
)
"""By the names of EDITS."""
