"""The released models of Qwen-Image: what each reads beside words, and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Variant(NamedTuple):
    """title    as sentences call it
    about     one line for lists
    steps     of its card, likewise the guidance
    most      reference pictures that it reads; 0 where it paints from words alone, None where all are read
    named     whether its language model is told the number of every picture
    share     how many pixels of a reference the language model sees, of those that the autoencoder sees
    """

    title: str
    about: str
    steps: int
    guidance: float
    most: int | None = 0
    named: bool = False
    share: float = 1.0

    @property
    def sees(self) -> bool:
        return self.most != 0

    @property
    def roles(self) -> frozenset[str]:
        return frozenset({"start", "reference"} if self.sees else {"start"})


FROM_WORDS = Variant("Qwen-Image", "pictures, and writing in them, from English and Chinese", 50, 4.0)
EDIT = Variant("Qwen-Image-Edit", "changes a reference picture as the words say", 50, 4.0, most=1)
PLUS = Variant(
    "Qwen-Image-Edit Plus",
    "changes and joins reference pictures as the words say",
    40,
    4.0,
    most=None,
    named=True,
    share=(384 / 1024) ** 2,
)

PIPELINES: Mapping[str, Variant] = MappingProxyType(
    {
        "QwenImagePipeline": FROM_WORDS,
        "QwenImageImg2ImgPipeline": FROM_WORDS,
        "QwenImageInpaintPipeline": FROM_WORDS,
        "QwenImageEditPipeline": EDIT,
        "QwenImageEditInpaintPipeline": EDIT,
        "QwenImageEditPlusPipeline": PLUS,
    }
)
"""Which model the pipeline of a released folder stands for. Plus are the releases 2509 and 2511."""
