"""Make a kept picture again from its own record, and compare."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log10
from pathlib import Path

from sfumato.models.family import Family, family
from sfumato.studio.gallery import Kept, read_kept
from sfumato.studio.given import Given
from sfumato.studio.job import Job
from sfumato.studio.picture import Picture
from sfumato.studio.refused import Refused
from sfumato.studio.shelf import Shelf
from sfumato.studio.studio import Studio, refuse


@dataclass(frozen=True)
class Verdict:
    """How far a picture is from the one its plan makes here.

    worst    largest difference of one value, 0 … 255
    psnr     decibels, infinite when identical
    changed  what differs between the machine that made it and this one, as `name: then -> now`
    """

    identical: bool
    worst: int
    psnr: float
    changed: tuple[str, ...]


def verify(path: Path, model: Family | None = None, given: tuple[Given, ...] = ()) -> Verdict:
    """Make the picture again, in the number format it was made in.

    model: what to make it with; None finds it by the plan's own word, which only shipped models have.
    given: the pictures that it was made from, if any; their roles do not matter.

    Raises:
        FileNotFoundError, ValueError: the file is missing or has no plan.
        Refused: this machine has not what the plan needs.
    """
    kept = read_kept(path)
    chosen = model or family(kept.plan.family)
    refuse(kept.plan, chosen)
    have = {item.input.hash for item in given}
    if wanted := [item.role for item in kept.plan.inputs if item.hash not in have]:
        raise Refused(
            f"This picture was made from other pictures ({', '.join(wanted)}): name their files too."
        )
    shelf = Shelf(dtype=kept.made_by.get("dtype"))
    plan, index = kept.plan, kept.index
    if index is not None:  # company changes no bit of a picture: make it alone
        plan, index = plan.model_copy(update={"seeds": (plan.seeds[index],)}), 0
    again = next(
        made
        for made in Studio(family=chosen, shelf=shelf).work(Job(plan, given=given))
        if isinstance(made, Picture) and made.index == index
    )
    return _compare(kept, again)


def _compare(kept: Kept, again: Picture) -> Verdict:
    import numpy as np

    if kept.pixels.shape != again.pixels.shape:
        return Verdict(False, 255, 0.0, _changed(kept, again))
    gap = np.abs(kept.pixels.astype(int) - again.pixels.astype(int))
    square = float((gap**2).mean())
    psnr = inf if square == 0 else 10 * log10(255**2 / square)
    return Verdict(square == 0, int(gap.max()), psnr, _changed(kept, again))


def _changed(kept: Kept, again: Picture) -> tuple[str, ...]:
    """What is not as it was then; a licence changes no bit."""
    now = again.made_by
    return tuple(
        f"{key}: {then} -> {now.get(key)}"
        for key, then in kept.made_by.items()
        if key != "licence" and now.get(key) != then
    )
