"""What a family of models chooses where a prompt says nothing."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sfumato.plan.knobs import Name
from sfumato.plan.stage import StageDefaults


class Defaults(BaseModel):
    """A family's choices where a prompt says nothing.

    `pixels` and `multiple` are of the first stage's picture; every later stage multiplies its sides by
    `scale`. `draft` refuses a picture longer than `maximum_aspect`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Name
    stages: tuple[StageDefaults, ...] = Field(min_length=1)
    pixels: int = Field(ge=1, description="most pixels of the first stage's picture")
    multiple: int = Field(ge=1, description="the sides of the first stage's picture are multiples of this")
    enlarges: int = Field(
        default=1,
        ge=1,
        description="sides of its picture over those of one it is given, where that is all that it does",
    )
    enlarger: StageDefaults | None = Field(
        default=None,
        description="a learned stage beside the others: any picture, so many times larger, in one look",
    )
    pictures: int = Field(default=4, ge=1, le=64, description="pictures of one job")
    maximum_aspect: float = Field(
        default=3.0, ge=1, allow_inf_nan=False, description="longest side over shortest"
    )

    @property
    def at_once(self) -> bool:
        """Whether the family only makes given pictures larger, in one look, and paints none."""
        return self.stages[0].scale > 1

    @model_validator(mode="after")
    def _widest_fits(self) -> Self:
        if self.pixels < self.multiple**2 * self.maximum_aspect:
            raise ValueError(
                f"{self.pixels} pixels do not hold a picture of {self.maximum_aspect:g}:1 "
                f"whose sides are multiples of {self.multiple}"
            )
        return self
