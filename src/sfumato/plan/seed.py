"""Where the noise of one picture comes from."""

from __future__ import annotations

import secrets
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LARGEST_SEED = 2**32 - 1

SeedNumber = Annotated[
    int, Field(ge=0, le=LARGEST_SEED, description="the number given with --seed, or a random one")
]


class Seed(BaseModel):
    """The noise of one picture: a number, and the slice of that number's noise that this picture takes.

    The pictures of a grid share the number and take slices 0, 1, 2 …; with `--sameseed` all take slice 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: SeedNumber
    slice: int = Field(default=0, ge=0, description="which slice of the number's noise this picture takes")


def random_seed() -> int:
    """A number from 0 to 2³² − 1 from the operating system's source of randomness."""
    return secrets.randbits(32)


def grid_seeds(pictures: int, number: int, same: bool) -> tuple[Seed, ...]:
    """One seed for each picture of a grid."""
    return tuple(Seed(number=number, slice=0 if same else index) for index in range(pictures))
