"""ComfyUI's graphs: nodes by id, whose inputs are values or links `[id, place]`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

MOST_NODES = 5000
# The page's own form keeps values by place, not by name; the names are those of the nodes' declarations.
WIDGETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
        "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
        "CLIPTextEncode": ("text",),
        "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
        "CheckpointLoaderSimple": ("ckpt_name",),
        "UNETLoader": ("unet_name",),
        "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
        "EmptyLatentImage": ("width", "height", "batch_size"),
        "EmptySD3LatentImage": ("width", "height", "batch_size"),
        "RandomNoise": ("noise_seed",),
        "BasicScheduler": ("scheduler", "steps", "denoise"),
        "KSamplerSelect": ("sampler_name",),
        "CFGGuider": ("cfg",),
        "FluxGuidance": ("guidance",),
        "PrimitiveString": ("value",),
        "PrimitiveStringMultiline": ("value",),
    }
)


@dataclass(frozen=True)
class Graph:
    """`kinds` and `inputs` by a node's id."""

    kinds: Mapping[str, str]
    inputs: Mapping[str, Mapping[str, Any]]

    def node(self, value: object) -> str | None:
        """The node that an input comes from; None where it is a value."""
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
            return str(value[0]) if str(value[0]) in self.inputs else None
        return None

    def links(self, node: str) -> Iterator[tuple[str, str]]:
        """(name of the input, node) of all that a node reads."""
        for name, value in self.inputs[node].items():
            if (before := self.node(value)) is not None:
                yield name, before

    def above(self, *nodes: str) -> Iterator[str]:
        """These nodes and all they come from, the nearest first, each once."""
        waiting, known = deque(nodes), set(nodes)
        while waiting:
            node = waiting.popleft()
            yield node
            for _, before in self.links(node):
                if before not in known:
                    known.add(before)
                    waiting.append(before)

    def nearest(self, node: str, *names: str) -> Any:
        """The value of the first such input at or above a node; None where there is none."""
        for own in self.above(node):
            for name in names:
                value = self.inputs[own].get(name)
                if isinstance(value, str | int | float):
                    return value
        return None


def of_prompt(told: Mapping[str, Any]) -> Graph:
    """The form that is run: {id: {class_type, inputs}}. What is no node is left out."""
    nodes = [(str(key), own) for key, own in told.items() if isinstance(own, dict)][:MOST_NODES]
    inputs = {key: own["inputs"] for key, own in nodes if isinstance(own.get("inputs"), dict)}
    kinds = {key: str(own.get("class_type", "")) for key, own in nodes}
    return Graph(kinds, inputs)


def of_workflow(told: Mapping[str, Any]) -> Graph:
    """The form that the page draws: nodes with values by place, links by number."""
    found = told.get("nodes")
    nodes = [own for own in found if isinstance(own, dict)][:MOST_NODES] if isinstance(found, list) else []
    rows = told.get("links")
    links = {
        row[0]: [str(row[1]), row[2]]
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, list) and len(row) >= 5 and isinstance(row[0], int)
    }
    kinds = {str(own.get("id")): str(own.get("type", "")) for own in nodes}
    return Graph(kinds, {str(own.get("id")): {**_values(own), **_linked(own, links)} for own in nodes})


def _values(node: Mapping[str, Any]) -> dict[str, Any]:
    values = node.get("widgets_values")
    if isinstance(values, dict):
        return {str(name): value for name, value in values.items()}
    if not isinstance(values, list):
        return {}
    names = WIDGETS.get(str(node.get("type", "")), ())
    return {name: value for name, value in zip(names, values, strict=False) if name}


def _linked(node: Mapping[str, Any], links: Mapping[int, list[Any]]) -> dict[str, Any]:
    slots = node.get("inputs")
    return {
        str(slot.get("name")): links[number]
        for slot in (slots if isinstance(slots, list) else ())
        if isinstance(slot, dict) and isinstance(number := slot.get("link"), int) and number in links
    }
