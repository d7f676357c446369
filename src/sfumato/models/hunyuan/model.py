"""Hunyuan-DiT behind the engine's protocols: two readers under masks, one transformer, one stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, NoisePath
from sfumato.models._parts.asked import clocks, seen, stacked
from sfumato.models._parts.block_control import Controls, open_controls, otherwise
from sfumato.models._parts.latent import Space, latent_of
from sfumato.models._parts.latent_release import DENOISER, STAGE, LatentRelease
from sfumato.models._parts.latent_stage import LatentModel, LatentStage, no_numbers
from sfumato.models._parts.loras import open_loras, plain
from sfumato.models._parts.masked_words import masked_words
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.hunyuan.family import CONTROLNET
from sfumato.models.hunyuan.places import rotary
from sfumato.plan import StagePlan

ORIGINAL = 1024  # pixels: pictures are asked for as ones that were once so wide and high
STYLE = 0  # the only one there is
# What must be equal in the configs of the transformer and its ControlNet for one to add to the other.
SHARED = ("hidden_size", "num_attention_heads", "patch_size", "in_channels", "cross_attention_dim_t5")


@dataclass(frozen=True, eq=False)
class Reader:
    """The bilingual CLIP, whose text tower is a BERT, and mT5: each with its tokenizer; lengths in tokens."""

    clip_words: Any
    clip: Any
    clip_length: int
    t5_words: Any
    t5: Any
    t5_length: int

    def __call__(self, text: str) -> dict[str, Tensor]:
        """text (L, D) and shown (L,) of CLIP, long (M, E) and long_shown (M,) of mT5; 1 is a word."""
        short, shown = masked_words(self.clip_words, self.clip, text, self.clip_length)
        long, long_shown = masked_words(self.t5_words, self.t5, text, self.t5_length)
        return {"text": short, "shown": shown, "long": long, "long_shown": long_shown}


def sizes(stage: StagePlan) -> dict[str, Tensor]:
    """sizes (6,) in pixels: height and width once and now, and the corner it was cropped at; style ()."""
    numbers = [ORIGINAL, ORIGINAL, stage.height, stage.width, 0, 0]
    return {"sizes": torch.tensor(numbers, dtype=torch.float32), "style": torch.tensor(STYLE)}


@dataclass(frozen=True, eq=False)
class Look:
    """The transformer asked, with what its ControlNets add."""

    transformer: Any
    controls: Controls | None = None

    def __call__(self, asks: Sequence[Ask], path: NoisePath) -> Tensor:
        """v of every row, (B, C, H, W); what was learned about the variance is left out, as released."""
        like = self.transformer.proj_out.weight
        x, times = seen(asks, like), clocks(asks, path, like)
        given = self._given(asks, x, like)

        def told(network: Any, **more: Any) -> Any:
            with _clock(network, times):
                # important: its number format becomes that of all that is made of it, so it cannot be whole.
                return network(x, times.to(like.dtype), **given, **more, return_dict=False)[0]

        def say(net: Any, hint: Tensor) -> list[Tensor]:
            return told(net, controlnet_cond=hint.to(like))

        added = self.controls.added(asks, say) if self.controls else None
        return told(self.transformer, controlnet_block_samples=added)[:, : x.shape[1]]

    def _given(self, asks: Sequence[Ask], x: Tensor, like: Tensor) -> dict[str, Any]:
        config = self.transformer.config
        rows, columns = (side // config.patch_size for side in x.shape[2:])
        turns = rotary(rows, columns, config.patch_size, config.attention_head_dim)
        given = {
            "encoder_hidden_states": stacked(asks, "text", like),
            "text_embedding_mask": stacked(asks, "shown").to(like.device),
            "encoder_hidden_states_t5": stacked(asks, "long", like),
            "text_embedding_mask_t5": stacked(asks, "long_shown").to(like.device),
            "image_rotary_emb": tuple(turn.to(like.device) for turn in turns),
        }
        if "sizes" in asks[0].condition:
            given["image_meta_size"] = stacked(asks, "sizes").to(like.device)
            given["style"] = stacked(asks, "style").to(like.device)
        return given


@contextmanager
def _clock(network: Any, times: Tensor) -> Iterator[None]:
    """While it lasts, the network's clock shows these times, and not what bfloat16 makes of them."""
    clock = network.time_extra_emb.time_proj
    hook = clock.register_forward_pre_hook(lambda module, given: (times,))
    try:
        yield
    finally:
        hook.remove()


def open_controls_of(release: LatentRelease, transformer: Any, device: str, dtype: str) -> Controls | None:
    """Its ControlNets. Raises UnknownModel when one was made for another model."""
    joined = transformer.config.num_layers // 2 - 1  # what each of its long skips takes

    def fits(net: Any) -> str:
        if len(net.controlnet_blocks) != joined:
            return f"adds to {len(net.controlnet_blocks)} blocks, and this model takes {joined}: get another."
        return otherwise(net, transformer, SHARED)

    return open_controls(release.adapters, CONTROLNET, _encoded, fits, device, dtype)


def _encoded(net: Any, space: Space, picture: Tensor) -> Tensor:
    return space.encode(picture)


def open_hunyuan(release: LatentRelease, sized: bool, device: str, dtype: str) -> LatentModel:
    """The model over a release; sized: whether it reads a style and sizes. Raises FileNotFoundError."""
    here = release.repository
    transformer, clip, t5, vae = (here.load(name, device, dtype) for name in release.networks)
    space = latent_of(vae)
    reader = Reader(
        here.load("tokenizer"),
        clip,
        transformer.config.text_len,
        here.load("tokenizer_2"),
        t5,
        transformer.config.text_len_t5,
    )
    numbers = sizes if sized else no_numbers
    loras = open_loras(release.adapters, {DENOISER: transformer}, plain, dtype)
    controls = open_controls_of(release, transformer, device, dtype)
    path = noise_path(release.scheduler)
    stage = LatentStage(STAGE, path, space, reader, numbers, loras=loras, controls=controls)
    return LatentModel(stage, Look(transformer, controls), (transformer, clip, t5, vae), release.reads)
