"""What clients send. What nobody here knows is ignored; null and empty count as not said."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sfumato.faces.web.forms import Short, Text

Base64 = Annotated[str, Field(max_length=44 << 20)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Asked(BaseModel):
    """What every submission may say. `state` is told again with the task."""

    model_config = ConfigDict(extra="ignore")

    state: Annotated[str, Field(max_length=2000)] = ""
    notifyHook: Annotated[str, Field(max_length=2000)] = ""


class Imagine(Asked):
    """A prompt, with pictures to go by."""

    prompt: Text = ""
    base64Array: list[Base64] = Field(default_factory=list, max_length=5)
    base64: Base64 | None = None  # of older clients

    @property
    def pictures(self) -> list[str]:
        """In base64."""
        return [*self.base64Array, *([self.base64] if self.base64 else [])]


class Edits(Asked):
    """A picture to be painted again by words: base64, or an address."""

    prompt: Text
    image: Base64


class Act(Asked):
    """A button of a task."""

    taskId: Id | None = None
    customId: Short


class Change(Asked):
    """A button of a grid, by name and place."""

    taskId: Id
    action: Literal["UPSCALE", "VARIATION", "REROLL"]
    index: int | None = Field(default=None, ge=1, le=64)


class Simple(Asked):
    """The same as text: `<task> U1`."""

    content: Short


class Blend(Asked):
    """Pictures to be one."""

    base64Array: list[Base64] = Field(min_length=2, max_length=5)
    dimensions: Literal["PORTRAIT", "SQUARE", "LANDSCAPE"] = "SQUARE"


class Describe(Asked):
    """A picture to be put into words."""

    base64: Base64 | None = None
    link: Annotated[str, Field(max_length=2000)] = ""


class Modal(Asked):
    """What a button asked for that waited."""

    taskId: Id
    prompt: Text = ""
    maskBase64: Base64 | None = None


class Several(BaseModel):
    """Tasks by their ids."""

    ids: list[Short | int] = Field(default_factory=list, max_length=200)
