"""Which folders are Kandinsky 2.1 or 2.2, and which halves of it they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.kandinsky.family import Kandinsky
from sfumato.models.kandinsky.files import Half

PIPELINE = re.compile(
    r"Kandinsky(?P<newer>V22)?(?P<prior>Prior|PriorEmb2Emb)?"
    r"(Img2Img|Inpaint|Controlnet|ControlnetImg2Img)?(?P<both>Combined)?Pipeline"
)
"""The released pipelines: of a prior, a decoder, or both in one folder."""

NEEDS_DECODER = (
    "is the prior of Kandinsky {0}, which turns words into an image embedding: name the folder of a decoder "
    "too ({1})."
)
NEEDS_PRIOR = (
    "is a decoder of Kandinsky {0}, which paints image embeddings: name the folder of the prior too "
    "(kandinsky-{1}-prior)."
)
NEEDS_ONE = "a model is one prior and one decoder of Kandinsky 2: name one folder of each"
OLD = "kandinsky-2-1 or kandinsky-2-1-inpaint"
NEW = "kandinsky-2-2-decoder, -decoder-inpaint or -controlnet-depth"


def claim(paths: tuple[Path, ...]) -> Kandinsky | None:
    """Kandinsky over these folders, in any order; None when any of them is something else.

    Raises UnknownModel when all are Kandinsky 2, but not one prior and one decoder of one release.
    """
    named = [PIPELINE.fullmatch(Repository(path).pipeline) for path in paths if path.is_dir()]
    kinds = [kind for kind in named if kind]
    if not paths or len(kinds) < len(paths):
        return None
    priors = [half for path, kind in zip(paths, kinds, strict=True) for half in _priors(path, kind)]
    decoders = [Half(path) for path, kind in zip(paths, kinds, strict=True) if not kind["prior"]]
    if len(priors) != 1 or len(decoders) != 1:
        raise UnknownModel(_incomplete(priors, decoders, bool(kinds[0]["newer"])))
    if len({kind["newer"] for kind in kinds}) > 1:
        raise UnknownModel(
            f"{priors[0].path} and {decoders[0].path} are of Kandinsky 2.1 and 2.2, whose image embeddings "
            "are not the same: name a prior and a decoder of one of them."
        )
    return Kandinsky(priors[0], decoders[0])


def _priors(path: Path, kind: re.Match[str]) -> Iterator[Half]:
    if kind["prior"]:
        yield Half(path)
    if kind["both"]:
        yield Half(path, "prior_")


def _incomplete(priors: list[Half], decoders: list[Half], newer: bool) -> str:
    if len(priors) + len(decoders) > 1:
        many = len(priors) > 1
        first, *rest = (half.path for half in (priors if many else decoders))
        kind = "a prior" if many else "a decoder"
        return f"{first} and {', '.join(map(str, rest))} are each {kind}, but {NEEDS_ONE}."
    release = "2.2" if newer else "2.1"
    if priors:
        return f"{priors[0].path} {NEEDS_DECODER.format(release, NEW if newer else OLD)}"
    return f"{decoders[0].path} {NEEDS_PRIOR.format(release, release.replace('.', '-'))}"
