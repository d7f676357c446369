"""The pipelines of the installed diffusers, and what a call of each takes, read from their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from sfumato.models._parts.repository import LIBRARIES

NEEDED = frozenset({"prompt", "num_inference_steps", "height", "width", "generator", "output_type"})
# What only moving pictures, sounds, or pictures made of other pictures are asked with.
FOREIGN = frozenset(
    {
        "audio_length_in_s",
        "audio_duration_s",
        "control_image",
        "image",
        "image_embeds",
        "image_embeddings",
        "images",
        "mask_image",
        "num_frames",
        "num_videos_per_prompt",
        "strength",
        "video_length",
    }
)
# These read a picture too, and paint from words alone where there is none.
WITHOUT = frozenset(
    {
        "DreamLitePipeline",
        "DreamLiteMobilePipeline",
        "Flux2KleinPipeline",
        "Flux2KleinKVPipeline",
        "Flux2Pipeline",
        "GlmImagePipeline",
        "QwenImage21Pipeline",
        "StableCascadeCombinedPipeline",
        "ZImageOmniPipeline",
    }
)


@dataclass(frozen=True)
class Call:
    """What a pipeline's call takes.

    given    all names
    needed   those without a default
    numbers  the defaults that are numbers
    """

    pipeline: str
    given: frozenset[str]
    needed: frozenset[str]
    numbers: Mapping[str, float]

    @property
    def paints(self) -> bool:
        """Whether it makes one picture from words alone."""
        strange = frozenset() if self.pipeline in WITHOUT else self.given & FOREIGN
        return self.given >= NEEDED and self.needed <= {"prompt"} and not strange


@cache
def installed() -> Path | None:
    """The folder of diffusers' pipelines, None where diffusers is not installed."""
    found = find_spec("diffusers")
    return Path(found.origin).parent / "pipelines" if found and found.origin else None


@cache
def call_of(pipeline: str) -> Call | None:
    """How this pipeline of the installed diffusers is called; None where it has none of this name."""
    folder = installed()
    for file in sorted(folder.rglob("pipeline*.py")) if folder else ():
        text = file.read_text(encoding="utf-8")
        if f"class {pipeline}(" in text:
            return next(_calls(pipeline, ast.parse(text)), None)
    return None


def home_of(library: str) -> str:
    """Where a component's class is imported from, given the library that an index names; "" for foreign code.

    Some belong to one pipeline: their library is the name of its folder.
    """
    if library in LIBRARIES:
        return library
    folder = installed()
    own = folder is not None and library.isidentifier() and (folder / library / "__init__.py").is_file()
    return f"diffusers.pipelines.{library}" if own else ""


def _calls(pipeline: str, tree: ast.Module) -> Iterator[Call]:
    kinds = (kind for kind in tree.body if isinstance(kind, ast.ClassDef) and kind.name == pipeline)
    for own in (own for kind in kinds for own in kind.body):
        if isinstance(own, ast.FunctionDef) and own.name == "__call__":
            yield _call(pipeline, own.args)


def _call(pipeline: str, arguments: ast.arguments) -> Call:
    names = [own.arg for own in (*arguments.posonlyargs, *arguments.args)][1:]
    usual = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    only = zip((own.arg for own in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    usual |= {name: value for name, value in only if value is not None}
    given = frozenset(names) | {own.arg for own in arguments.kwonlyargs}
    return Call(pipeline, given, given - set(usual), MappingProxyType(dict(_numbers(usual))))


def _numbers(usual: Mapping[str, ast.expr]) -> Iterator[tuple[str, float]]:
    for name, value in usual.items():
        if isinstance(value, ast.Constant) and type(value.value) in (int, float):
            yield name, value.value  # type: ignore[misc]
