"""What an inpainting network reads beside x: the mask, and the latent of what the mask leaves."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.engine import Setting, as_mask
from sfumato.models._parts.latent import Latent


def painted(setting: Setting, latent: Latent) -> dict[str, Tensor]:
    """`mask` (1, h, w), 1 where it is painted anew, and `masked` (C, h, w), the picture with grey there.

    Without a picture or a mask the whole picture is painted anew.
    """
    height, width = setting.stage.height, setting.stage.width
    picture, over = setting.picture("start"), setting.picture("mask")
    mask = torch.ones(1, height, width) if picture is None or over is None else as_mask(over)
    known = torch.zeros(3, height, width) if picture is None else picture * (1 - mask)
    small = (height // latent.factor, width // latent.factor)
    return {"mask": interpolate(mask[None], size=small)[0], "masked": latent.encode(known)}
