"""What people send: the forms of requests that make jobs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sfumato.plan import Edit

Text = Annotated[str, Field(max_length=6200)]
NO_NUL = r"^[^\x00]*$"  # a database may not take it
Short = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
Content = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Weight = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(10**12), le=10**12)]
Knob = Annotated[str, Field(max_length=100)] | bool | Whole | Annotated[float, Field(allow_inf_nan=False)]


class Form(BaseModel):
    """Nothing beside the fields is taken."""

    model_config = ConfigDict(extra="forbid")


class Chosen(Form):
    """Pictures, in their order."""

    pictures: Annotated[list[Short], Field(max_length=500)]


class From(Form):
    """A picture that is read: one of the gallery, or one that was uploaded."""

    picture: Short | None = Field(default=None, description="id of a picture that this person may see")
    upload: Content | None = Field(default=None, description="content hash that POST /api/uploads gave")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.picture is None) == (self.upload is None):
            raise ValueError("name either a picture or an upload")
        return self


class Given(From):
    """A picture with its part in the job."""

    role: Literal["start", "mask", "hint", "reference"] = Field(
        description="start: begun from; mask: white is painted anew; hint: its structure; reference: its look"
    )
    weight: Weight = 1.0


class Later(Form):
    """Other words from a moment of the run on."""

    at: float = Field(ge=0, le=1, allow_inf_nan=False, description="part of the run; 0 is noise")
    text: Text


class Somewhere(From):
    """Words that count where the picture, a mask, is white."""

    text: Text
    weight: Weight = Field(default=3.0, description="beside a prompt of weight 1")


class Terms(Form):
    """How jobs are made and kept, beside what they show."""

    model: Short | None = Field(default=None, description="a name of GET /api/models", examples=[None])
    negative: Text = Field(default="", description="what to paint away from", examples=["blurry"])
    knobs: dict[str, Knob] = Field(
        default_factory=dict,
        max_length=100,
        description="fields of GET /api/knobs, for every stage or, as base.steps, for one",
        examples=[{"steps": 12, "base.guidance": 4.5}],
    )
    private: bool = Field(default=False, description="whether only their owner sees the pictures")
    board: Short | None = Field(
        default=None, description="id of a board of one's own: the pictures go onto it when they are made"
    )
    priority: int = Field(default=0, ge=-10, le=10, description="larger goes first; above 0 for admins")

    @property
    def turned(self) -> dict[str, str]:
        """The knobs as text."""
        return {name: _written(value) for name, value in self.knobs.items()}


def _written(value: str | bool | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class JobsAsked(Terms):
    """A prompt, which makes a job for each permutation and repetition."""

    prompt: Text = Field(examples=["a {red, blue} fox in the snow --ar 3:2"])
    count: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="so many pictures of each job, fewer than the model's own number",
    )
    pictures: list[Given] = Field(default_factory=list, max_length=16)
    then: list[Later] = Field(default_factory=list, max_length=16)
    regions: list[Somewhere] = Field(default_factory=list, max_length=16)


class EditAsked(Terms):
    """What is to be done with pictures."""

    edit: Edit = Field(examples=[{"kind": "vary", "strong": True}])
    sources: list[From] = Field(
        min_length=1, max_length=16, examples=[[{"picture": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed-0"}]]
    )
    words: Text | None = Field(default=None, description="what is to be seen; null: the first picture's own")
