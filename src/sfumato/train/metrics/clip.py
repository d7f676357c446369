"""Agreement of pictures and texts by CLIP, whose weights a person brings (Hessel et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sfumato.models._parts.processor import by_pillow

WEIGHTS = "model.safetensors"


@dataclass(frozen=True, eq=False)
class Clip:
    """Both halves of transformers' CLIPModel, with its tokenizer and its image processor."""

    model: Any
    tokenizer: Any
    processor: Any

    @torch.no_grad()
    def scores(self, pictures: Sequence[np.ndarray], texts: Sequence[str]) -> Tensor:
        """100 times the cosine of each picture, uint8 (H, W, 3), and its text, at least 0: (B,).

        Texts are cut at the length that the model reads.
        """
        shown = self.processor(images=list(pictures), return_tensors="pt")
        length = self.model.config.text_config.max_position_embeddings
        told = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=length, return_tensors="pt"
        )
        seen = self.model(**shown, **told)
        return 100 * (seen.image_embeds * seen.text_embeds).sum(-1).clamp(0)


def open_clip(folder: Path) -> Clip:
    """From a transformers folder. Raises FileNotFoundError without its weights as safetensors; pickles are
    not read."""
    import transformers

    if not (folder / WEIGHTS).exists():
        raise FileNotFoundError(
            f"{folder} has no {WEIGHTS}: a .bin or .pt is a pickle, which can run code as it is read, so it "
            "is not opened here. Take a version of the repository that has safetensors."
        )
    model = transformers.CLIPModel.from_pretrained(folder, use_safetensors=True, local_files_only=True)
    kind = getattr(transformers, by_pillow("CLIPImageProcessor"))
    processor = kind.from_pretrained(folder, local_files_only=True)
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    return Clip(model.eval(), tokenizer, processor)
