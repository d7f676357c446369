"""What a request to the Responses API says: words, pictures, and what was made before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.openai.forms import PARAMETERS, Asked, Look, read_form
from sfumato.faces.openai.kept import Kept, picture_of
from sfumato.faces.openai.making import Order
from sfumato.faces.openai.models import THEIRS
from sfumato.faces.openai.seen import Raw, Seen, from_address, look_at, look_at_all
from sfumato.faces.web.forms import Short
from sfumato.faces.web.server import Server
from sfumato.language import Prompt
from sfumato.plan import KNOBS
from sfumato.studio.store import Person
from sfumato.studio.words import read_words

MOST_ITEMS = 1000
MOST_PICTURES = 16


class Tool(Look):
    """The image_generation tool."""

    action: Literal["generate", "edit", "auto"] = "auto"
    model: Short | None = None
    input_image_mask: dict[str, Any] | None = None


class ResponseAsked(BaseModel):
    """The fields that count; all others are told again as they came."""

    model_config = ConfigDict(extra="allow")

    model: Short
    input: str | list[dict[str, Any]] = Field(max_length=200_000)
    tools: list[dict[str, Any]] = Field(default_factory=list, max_length=100)
    previous_response_id: Short | None = None
    stream: bool = False
    store: bool = True

    @property
    def ours(self) -> dict[str, Any]:
        """Fields of ours that stand beside the tool and not in it."""
        known = {*PARAMETERS, *KNOBS, "negative_prompt", "strength"}
        return {name: value for name, value in (self.model_extra or {}).items() if name in known}

    @property
    def tool(self) -> Tool:
        """The one tool that is here. Raises Wrong where it is not asked for."""
        found = next((own for own in self.tools if own.get("type") == "image_generation"), None)
        if found is None:
            said = 'This server makes pictures and nothing else: add {"type": "image_generation"} to tools.'
            raise Wrong("tools", said)
        return read_form(Tool, found)


class Heard(NamedTuple):
    """What was said last.

    addresses  of the pictures that came with it
    calls      ids of what was made before, as far as the input names it
    """

    text: str
    addresses: list[str]
    calls: list[str]


def heard(said: str | list[dict[str, Any]]) -> Heard:
    """The last message of a person, and the calls that the input names. Raises Wrong."""
    if isinstance(said, str):
        return Heard(said, [], [])
    if len(said) > MOST_ITEMS:
        raise Wrong("input", f"The input has at most {MOST_ITEMS} items.")
    calls = [str(own.get("id", "")) for own in said if own.get("type") == "image_generation_call"]
    theirs = [own for own in said if own.get("type", "message") == "message" and own.get("role") == "user"]
    if not theirs:
        raise Wrong("input", "The input has no message with the role user.", "missing_required_parameter")
    parts = list(_parts(theirs[-1].get("content")))
    text = "\n".join(_string(own, "text") for own in parts if own.get("type") == "input_text")
    addresses = [_string(own, "image_url") for own in parts if own.get("type") == "input_image"]
    return Heard(text, addresses, calls)


def order_of(server: Server, me: Person, asked: ResponseAsked) -> Order:
    """What is to be made. Raises Wrong, NotThere.

    Pictures that came with the words are edited, else the last one that was made in this conversation; where
    there is none, or the tool says generate, a new picture is made. What was said before still counts.
    """
    tool, said = asked.tool, heard(asked.input)
    own = {"prompt": said.text, "model": _model(server, asked, tool)}
    wanted = read_form(Asked, {**asked.ours, **tool.model_dump(exclude_unset=True), **own})
    kept = _before(server, me, asked)
    words = _words(kept["prompt"]) if kept else None
    if tool.action == "generate":
        return Order(wanted, before=words)
    pictures = _pictures(server, me, said, kept)
    if not pictures and tool.action == "edit":
        raise Wrong("input", "There is no picture to edit: send one, or name the response that made it.")
    if words is None and pictures and not said.addresses:
        words = pictures[0].prompt
    return Order(wanted, pictures, _mask(server, tool) if pictures else None, words)


def _before(server: Server, me: Person, asked: ResponseAsked) -> dict[str, Any] | None:
    """What was kept of the response before."""
    name = asked.previous_response_id
    return None if name is None else Kept.of(server, me).get(name, "previous_response_id")


def _pictures(server: Server, me: Person, said: Heard, kept: dict[str, Any] | None) -> list[Seen]:
    """Those that came with the words, else the last one that was made."""
    if len(said.addresses) > MOST_PICTURES:
        raise Wrong("input", f"A message has at most {MOST_PICTURES} pictures.")
    if said.addresses:
        return look_at_all([from_address(own, "input", server.fetch) for own in said.addresses])
    if said.calls:
        return [_made_before(server, me, picture_of(said.calls[-1]))]
    return [_made_before(server, me, kept["picture"])] if kept else []


def _made_before(server: Server, me: Person, picture: str) -> Seen:
    row = server.store.pictures.get(picture, me.id)
    path = server.store.gallery / row.path
    if not path.is_file():
        raise Wrong("input", "The file of the picture that was made before is lost.", "not_found")
    return look_at(Raw("input", path.read_bytes()))


def _mask(server: Server, tool: Tool) -> Seen | None:
    if tool.input_image_mask is None:
        return None
    address = _string(tool.input_image_mask, "image_url")
    return look_at(from_address(address, "input_image_mask", server.fetch))


def _model(server: Server, asked: ResponseAsked, tool: Tool) -> str | None:
    """The tool's model; else what the request names, where that is one of ours: mostly it is one that
    talks."""
    if tool.model is not None:
        return tool.model
    known = asked.model in server.models or THEIRS.fullmatch(asked.model)
    return asked.model if known else None


def _words(prompt: str) -> Prompt:
    return read_words(prompt).prompts[0]


def _parts(content: object) -> Iterator[dict[str, Any]]:
    if isinstance(content, str):
        yield {"type": "input_text", "text": content}
    elif isinstance(content, list):
        yield from (own for own in content if isinstance(own, dict))


def _string(own: dict[str, Any], name: str) -> str:
    """A text of a part; files that were sent elsewhere are not known here. Raises Wrong."""
    value = own.get(name)
    if isinstance(value, dict):
        value = value.get("url")
    if not isinstance(value, str) or not value:
        picture = name == "image_url"
        raise Wrong("input", "Send pictures as data: addresses." if picture else f"{name} is missing.")
    return value
