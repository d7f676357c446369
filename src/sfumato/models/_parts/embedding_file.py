"""Textual inversion (Gal et al. 2022): words that were learned, and where a text says them. No torch.

A file holds some vectors for each text encoder, as `<cat-toy>` or `*` (diffusers), `emb_params`
(AUTOMATIC1111), or for the two encoders of SDXL `clip_l` and `clip_g`. A text says it as `<name>` or
`embedding:name`, where the name is that of the file, or the one that the file has for itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sfumato.models._parts.header import header
from sfumato.models.family import UnknownModel

ALONE = "emb_params"
FIRST, SECOND = ("clip_l", "text_encoders_0"), ("clip_g", "text_encoders_1")
MOST = 1000  # vectors: what has more is no word
NAMELESS = frozenset({ALONE, *FIRST, *SECOND, "*"})


def is_embedding(path: Path) -> bool:
    """Whether this file holds a learned word and nothing else."""
    shapes = header(path).shapes
    pair = bool(shapes) and set(shapes) <= {*FIRST, *SECOND}
    alone = len(shapes) == 1 and _is_name(next(iter(shapes)))
    return (pair or alone) and all(_is_vectors(shape) for shape in shapes.values())


def _is_name(tensor: str) -> bool:
    return tensor in (ALONE, "*") or (tensor.startswith("<") and tensor.endswith(">"))


def _is_vectors(shape: Sequence[int]) -> bool:
    return len(shape) in (1, 2) and (len(shape) == 1 or 1 <= shape[0] <= MOST)


def tensor_for(path: Path, encoder: str) -> str | None:
    """The name of the tensor for the encoder text_encoder or text_encoder_2; None where there is none."""
    names = header(path).shapes
    if not set(names) <= {*FIRST, *SECOND}:
        return next(iter(names)) if encoder == "text_encoder" else None
    own = FIRST if encoder == "text_encoder" else SECOND
    return next((name for name in own if name in names), None)


def names_of(path: Path) -> tuple[str, ...]:
    """What a text may call it, in small letters."""
    own = next(iter(header(path).shapes))
    said = () if own in NAMELESS else (own[1:-1],)
    return tuple(dict.fromkeys(name.lower() for name in (path.stem, *said)))


def said(text: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The text in pieces, ("", words) and (name, "") in turn, in order."""
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    written = rf"<({pattern})>|\bembedding:({pattern})(?:\.safetensors|\.pt)?(?![\w-])"
    place = 0
    for found in re.finditer(written, text, re.IGNORECASE) if names else ():
        yield "", text[place : found.start()]
        yield (found[1] or found[2]).lower(), ""
        place = found.end()
    yield "", text[place:]


def is_said(path: Path, texts: Collection[str]) -> bool:
    """Whether any of these texts names it."""
    names = names_of(path)
    return any(name for text in texts for name, _ in said(text, names))


def require_words(paths: Sequence[Path], model: Path, unet: Mapping[str, Any]) -> None:
    """Raises UnknownModel where one was made for other text encoders, or two have one name.

    unet  its config, which says how wide texts are
    """
    owners: dict[str, Path] = {}
    for path in paths:
        wanted, own = unet.get("encoder_hid_dim") or unet["cross_attention_dim"], _widths(path)
        if wanted not in (sum(own), own[-1] if len(own) > 1 else 0):
            told = " and ".join(map(str, own))
            raise UnknownModel(
                f"{path.name} was made for another model: its vectors are {told} wide, and {model.name} "
                f"reads texts as {wanted}. Get one made for this model."
            )
        for name in names_of(path):
            if name in owners:
                raise UnknownModel(
                    f"{owners[name].name} and {path.name} are both called <{name}>: rename one."
                )
            owners[name] = path


def _widths(path: Path) -> tuple[int, ...]:
    """Of its vectors for the first encoder, and for the second."""
    shapes = header(path).shapes
    found = (tensor_for(path, encoder) for encoder in ("text_encoder", "text_encoder_2"))
    return tuple(shapes[name][-1] for name in found if name)
