"""What some networks read behind x: a mask and the latent of what it leaves, or a depth map."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from sfumato.engine import Setting, as_mask
from sfumato.models._parts.latent import Latent
from sfumato.models._parts.unet.facts import Facts

BEHIND = ("mask", "masked", "depth")  # in the order of the channels


def behind(setting: Setting, latent: Latent, facts: Facts) -> dict[str, Tensor]:
    """The entries of BEHIND that a network of these facts reads."""
    if facts.painted:
        return painted(setting, latent)
    return {"depth": depth(setting, latent)} if facts.deep else {}


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


def depth(setting: Setting, latent: Latent) -> Tensor:
    """The first hint as (1, h, w) in the sides of x, its values spread over all of [-1, 1]; flat ones are 0.

    Light is near, as MiDaS draws it. What a window sees is spread as the whole picture is.
    """
    height, width = setting.window[1] if setting.window else (setting.stage.height, setting.stage.width)
    large = setting.stage.model_copy(update={"height": height, "width": width})
    whole = replace(setting, window=None, stage=large)
    shown = whole.placed(whole.inputs("hint")[0]).mean(dim=0)  # (H, W)
    size = (height // latent.factor, width // latent.factor)
    small = interpolate(shown[None, None], size=size, mode="bicubic", align_corners=False)[0]
    spread = (small - small.min()) / (small.max() - small.min()).clamp(min=1e-6) * 2 - 1
    flat = bool(small.max() == small.min())
    even = torch.zeros_like(small) if flat else spread
    return setting.window[0].scaled((height, width), size).cut(even) if setting.window else even
