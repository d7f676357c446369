"""What is said to FLUX.1's networks beside tokens of pictures."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from sfumato.engine import Ask
from sfumato.models._parts.asked import stacked
from sfumato.models.flux.pictures import SHOWN
from sfumato.models.flux.sequence import text_places


def spoken(asks: Sequence[Ask], like: Tensor) -> dict[str, Tensor]:
    """The words, with pictures behind them that speak as words do, and the guidance number of every row."""
    condition = asks[0].condition
    text = torch.cat([stacked(asks, name, like) for name in ("text", SHOWN) if name in condition], dim=1)
    spoken = {
        "encoder_hidden_states": text,
        "txt_ids": text_places(text.shape[1]).to(like.device),
        "pooled_projections": stacked(asks, "pooled", like),
    }
    if "guidance" in condition:
        spoken["guidance"] = stacked(asks, "guidance").to(like.device)
    return spoken
