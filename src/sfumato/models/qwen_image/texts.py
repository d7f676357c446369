"""Words as Qwen-Image reads them: what a language model makes of them when asked to describe a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

ASKED = (
    "<|im_start|>system\nDescribe the image by detailing the color, shape, size, texture, quantity, text, "
    "spatial relationships of the objects and background:<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
BEFORE = 34  # tokens of that which stand before a text, and are left out
ASKED_TO_CHANGE = (
    "<|im_start|>system\nDescribe the key features of the input image (color, shape, size, texture, objects, "
    "background), then explain how the user's text instruction should alter or modify the image. Generate a "
    "new image that meets the user's requirements while maintaining consistency with the original input "
    "where appropriate.<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
)
BEFORE_A_CHANGE = 64  # likewise
PAD = "<|image_pad|>"  # one for every token of a picture
SEEN = "<|vision_start|>{}<|vision_end|>"
NUMBERED = "Picture {}: "
LENGTH = 512  # tokens of a text, and of what stands behind it
BLANK = " "  # stands for no text, as on its card


@dataclass(frozen=True, eq=False)
class Reader:
    """A language model that also sees, with its tokenizer."""

    tokenizer: Any
    encoder: Any

    @torch.no_grad()
    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, D) of the last layer, float32 on the CPU; what is longer than LENGTH is cut off."""
        said = ASKED.format(text or BLANK)
        read = self.tokenizer(said, max_length=1024 + BEFORE, truncation=True, return_tensors="pt")
        ids, mask = (read[name].to(self.encoder.device) for name in ("input_ids", "attention_mask"))
        heard = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return {"text": heard.hidden_states[-1][0, BEFORE:][:LENGTH].float().cpu()}


@dataclass(frozen=True, eq=False)
class Seer:
    """The same, of words about pictures.

    processor  makes pictures ready for the language model
    numbered   whether each is told with its number
    """

    tokenizer: Any
    encoder: Any
    processor: Any
    numbered: bool

    @torch.no_grad()
    def __call__(self, text: str, pictures: Sequence[Image.Image]) -> Tensor:
        """(L, D) of the last layer, float32 on the CPU: of the pictures, the text and what stands behind."""
        seen = self._seen(pictures) if pictures else {}
        said = ASKED_TO_CHANGE.format(self._places(**seen) + (text or BLANK).replace(PAD, ""))
        read = self.tokenizer(said, return_tensors="pt").to(self.encoder.device)
        heard = self.encoder(
            input_ids=read.input_ids,
            attention_mask=read.attention_mask,
            # important: without it a picture's tokens are placed in a row, as if they were words.
            mm_token_type_ids=(read.input_ids == self.encoder.config.image_token_id).int(),
            output_hidden_states=True,
            **seen,
        )
        return heard.hidden_states[-1][0, BEFORE_A_CHANGE:].float().cpu()

    def _seen(self, pictures: Sequence[Image.Image]) -> dict[str, Tensor]:
        """The patches of all pictures, and how many each has: (pictures, 3) of time, rows and columns."""
        ready = self.processor(images=list(pictures), return_tensors="pt")
        patches = ready.pixel_values.to(self.encoder.device, self.encoder.dtype)
        return {"pixel_values": patches, "image_grid_thw": ready.image_grid_thw.to(self.encoder.device)}

    def _places(self, image_grid_thw: Tensor | None = None, **_: Tensor) -> str:
        """What stands for the pictures: as many marks as each has tokens."""
        if image_grid_thw is None:
            return ""
        counts = image_grid_thw.prod(dim=-1) // self.processor.merge_size**2
        places = (SEEN.format(PAD * count) for count in counts.tolist())
        return "".join(
            NUMBERED.format(number) + place if self.numbered else place
            for number, place in enumerate(places, start=1)
        )
