"""Finished pictures are looked at where the policy is strict and a model for that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sfumato.models.safety import Checker, open_checker
from sfumato.studio.policy import Policy
from sfumato.studio.refused import Refused

if TYPE_CHECKING:
    import numpy as np

    from sfumato.studio.picture import Picture

LOOKED_FOR = "sexual"  # what these models look for, as the policy calls it
WITHHELD = "Withheld by the safety model"
Screen = Callable[["np.ndarray"], str]


class Withheld(Refused):
    """Pictures were painted that may not be shown; the message says how many, and why."""


def screen_of(policy: Policy, checkers: Iterable[Checker]) -> Screen | None:
    """What looks at finished pictures, uint8 (H, W, 3): why one is withheld, "" where it is not.

    None where the policy is not strict, or no model is there. Opened when the first picture is finished.
    """
    category = next((own for own in policy.categories if own.name == LOOKED_FOR), None)
    known = tuple(checkers)
    if not known or category is None or policy.level_of(category) != "strict":
        return None
    opened = cache(open_checker)

    def screen(pixels: np.ndarray) -> str:
        from safetensors import SafetensorError

        try:
            return next(filter(None, (opened(own)(pixels) for own in known)), "")
        except (OSError, ValueError, ImportError, SafetensorError) as error:
            # What nobody could look at is not shown.
            return f"the safety model could not be opened ({error})"

    return screen


def let_pass(pictures: Sequence[Picture], screen: Screen | None) -> None:
    """Raises Withheld where one of these may not be shown: all of a job are withheld with it."""
    if screen is None:
        return
    found = [why for own in pictures if (why := screen(own.pixels))]
    if found:
        several = f"{len(found)} of {len(pictures)} pictures" if len(pictures) > 1 else "the picture"
        raise Withheld(f"{WITHHELD}: {several}, as {found[0]}. Ask for something else.")
