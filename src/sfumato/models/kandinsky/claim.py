"""Which folders are Kandinsky 2.2, and which halves of it they hold."""

from __future__ import annotations

from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.kandinsky.family import Kandinsky
from sfumato.models.kandinsky.files import Half

PRIORS = frozenset({"KandinskyV22PriorPipeline", "KandinskyV22PriorEmb2EmbPipeline"})
DECODERS = frozenset(
    f"KandinskyV22{task}Pipeline" for task in ("", "Img2Img", "Inpaint", "Controlnet", "ControlnetImg2Img")
)
BOTH = frozenset(f"KandinskyV22{task}CombinedPipeline" for task in ("", "Img2Img", "Inpaint"))

NEEDS_DECODER = (
    "is the prior of Kandinsky 2.2, which turns words into an image embedding: name the folder of a decoder "
    "too (kandinsky-2-2-decoder, -decoder-inpaint or -controlnet-depth)."
)
NEEDS_PRIOR = (
    "is a decoder of Kandinsky 2.2, which paints image embeddings and reads no words: name the folder of the "
    "prior too (kandinsky-2-2-prior)."
)
NEEDS_ONE = "a model is one prior and one decoder of Kandinsky 2.2: name one folder of each"


def claim(paths: tuple[Path, ...]) -> Kandinsky | None:
    """Kandinsky 2.2 over these folders, in any order; None when any of them is something else.

    Raises UnknownModel when all are Kandinsky 2.2, but not one prior and one decoder.
    """
    kinds = [Repository(path).pipeline for path in paths if path.is_dir()]
    if not paths or len(kinds) < len(paths) or not set(kinds) <= PRIORS | DECODERS | BOTH:
        return None
    named = list(zip(paths, kinds, strict=True))
    priors = [Half(path) for path, kind in named if kind in PRIORS]
    priors += [Half(path, "prior_") for path, kind in named if kind in BOTH]
    decoders = [Half(path) for path, kind in named if kind in DECODERS | BOTH]
    if len(priors) == len(decoders) == 1:
        return Kandinsky(priors[0], decoders[0])
    raise UnknownModel(_incomplete(priors, decoders))


def _incomplete(priors: list[Half], decoders: list[Half]) -> str:
    if len(priors) + len(decoders) > 1:
        many = len(priors) > 1
        first, *rest = (half.path for half in (priors if many else decoders))
        kind = "a prior" if many else "a decoder"
        return f"{first} and {', '.join(map(str, rest))} are each {kind}, but {NEEDS_ONE}."
    return f"{priors[0].path} {NEEDS_DECODER}" if priors else f"{decoders[0].path} {NEEDS_PRIOR}"
