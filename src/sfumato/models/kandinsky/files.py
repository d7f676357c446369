"""Which folders are Kandinsky 2.2, and which halves of it they hold."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel

if TYPE_CHECKING:
    from sfumato.models.kandinsky.family import Kandinsky

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


@dataclass(frozen=True)
class Half:
    """The prior or the decoder: a released folder, and what the names of its components begin with."""

    path: Path
    prefix: str = ""

    def config(self, component: str) -> dict[str, Any]:
        return Repository(self.path).config(self.prefix + component)

    def load(self, component: str, device: str, dtype: str, cls: str = "") -> Any:
        """See Repository.load."""
        return Repository(self.path).load(self.prefix + component, device, dtype, cls)

    def missing(self, *components: str) -> tuple[Path, ...]:
        """The weight files of those components that are not here."""
        return Repository(self.path).missing(*(self.prefix + component for component in components))

    def fingerprint(self, *components: str) -> str:
        """What these components are, whatever their names begin with: a combined folder has the same."""
        digest = sha256()
        for component in components:
            digest.update(Repository(self.path / (self.prefix + component)).fingerprint("").encode())
        return digest.hexdigest()


def claim(paths: tuple[Path, ...]) -> Kandinsky | None:
    """Kandinsky 2.2 over these folders, in any order; None when any of them is something else.

    Raises UnknownModel when all are Kandinsky 2.2, but not one prior and one decoder.
    """
    from sfumato.models.kandinsky.family import Kandinsky

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
