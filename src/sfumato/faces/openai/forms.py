"""What clients send: fields of OpenAI's requests, and ours beside them. What nobody knows is ignored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.web.forms import Short, Text
from sfumato.plan import KNOBS

MOST_FILES = 18  # sixteen pictures, a mask, markup
MOST_FIELDS = 200
Quality = Literal["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"]
PARAMETERS = frozenset(
    """
    no aspect ar stylize chaos weird seed sameseed stop repeat iw sw sv cw ow exp raw tile hd sd draft
    creative
    """.split()
)
"""Parameters of the language that may be fields of their own."""


class Look(BaseModel):
    """How a finished picture is wanted."""

    model_config = ConfigDict(extra="allow")

    size: Annotated[str, Field(max_length=20)] = "auto"
    quality: Quality = "auto"
    background: Literal["transparent", "opaque", "auto"] = "auto"
    output_format: Literal["png", "jpeg", "webp"] = "png"
    output_compression: int = Field(default=100, ge=0, le=100)
    partial_images: int = Field(default=0, ge=0, le=3)
    input_fidelity: Literal["high", "low"] = "low"
    strength: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    negative_prompt: Text = ""
    private: bool = False

    @property
    def knobs(self) -> dict[str, str]:
        """The fields that are knobs, as text."""
        given = self.model_extra or {}
        names = [name for name in given if name.rpartition(".")[2] in KNOBS]
        return {name: _written(name, given[name]) for name in names}

    @property
    def parameters(self) -> str:
        """The fields that are parameters of the language, as they are written in a prompt."""
        given = {name: value for name, value in (self.model_extra or {}).items() if name in PARAMETERS}
        said = []
        for name, value in given.items():
            text = _written(name, value)
            if text != "false" and not (name == "seed" and text.startswith("-")):  # below 0: any
                said.append(f"--{name}" if text == "true" else f"--{name} {text}")
        return " ".join(said)


class Asked(Look):
    """A request for pictures."""

    prompt: Text = ""
    model: Short | None = None
    n: int = Field(default=1, ge=1, le=10)
    style: Literal["vivid", "natural"] | None = None
    response_format: Literal["url", "b64_json"] = "b64_json"
    stream: bool = False

    @property
    def words(self) -> str:
        """The prompt. Raises Wrong when there is none."""
        if not self.prompt.strip():
            raise Wrong(
                "prompt", "Say what is to be seen: the prompt is empty.", "missing_required_parameter"
            )
        return self.prompt


Form = TypeVar("Form", bound=BaseModel)


def read_form(kind: type[Form], fields: Mapping[str, Any]) -> Form:
    """The fields as a form; what is empty counts as not said. Raises Wrong."""
    said = {name: value for name, value in fields.items() if value is not None and value != ""}
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        if fault["type"] == "missing":
            raise Wrong(place, f"The field {place} is missing.", "missing_required_parameter") from None
        raise Wrong(place, f"{place}: {fault['msg']}.") from None


async def read_json(request: Request) -> dict[str, Any]:
    """The body of a request. Raises Wrong when it is no JSON object."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Wrong(None, "The body is not JSON that can be read.", "invalid_json") from None
    if not isinstance(body, dict):
        raise Wrong(None, "The body must be a JSON object.", "invalid_json")
    return body


class Sent(BaseModel):
    """A multipart body: its fields, and its files by name in the order in which they came."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    fields: dict[str, str]
    files: list[tuple[str, UploadFile]]

    @classmethod
    def of(cls, form: FormData) -> Self:
        """What was read; of a field that comes twice the last one counts."""
        items = form.multi_items()
        return cls(
            fields={name: value for name, value in items if isinstance(value, str)},
            files=[(name, value) for name, value in items if isinstance(value, UploadFile)],
        )

    def named(self, name: str) -> list[UploadFile]:
        """The files of a field, also where its name says that there may be several: image[], image[0]."""
        return [file for own, file in self.files if own.partition("[")[0] == name]


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and len(value) == 2 and all(isinstance(own, int | float) for own in value):
        return f"{value[0]},{value[1]}"
    text = str(value) if isinstance(value, str | int | float) else ""
    if not text or len(text) > 200 or not text.isprintable() or "--" in text:
        raise Wrong(name, f"The field {name} takes a number, a word, true or false.")
    return text
