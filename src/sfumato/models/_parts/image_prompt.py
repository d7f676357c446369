"""IP-Adapter: pictures as a prompt, by a second cross-attention beside that of the text (Ye et al. 2023).

The files are those of the release: `image_proj.*` makes tokens of an image encoder's output, `ip_adapter.N.*`
are the keys and values of each cross-attention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, scaled_dot_product_attention

from sfumato.engine.post import to_pixels
from sfumato.models._parts.adapter_file import ENCODER_CLASS, encoder_beside, encoder_for, looks
from sfumato.models._parts.processor import by_pillow
from sfumato.models._parts.repository import Repository
from sfumato.models._parts.strength import scaled
from sfumato.models.family import UnknownModel

HEAD = 64  # width of one head of the resampler, as released
REMEMBERED = 8  # pictures whose tokens are kept: all roles and seeds of a job see the same ones
# The names of the release's projections, and those of diffusers' classes for them.
RENAMED = (
    (r"^(layers\.\d+)\.0\.norm1\.", r"\1.ln0."),
    (r"^(layers\.\d+)\.0\.norm2\.", r"\1.ln1."),
    (r"^(layers\.\d+)\.0\.to_out\.", r"\1.attn.to_out.0."),
    (r"^(layers\.\d+)\.0\.to_", r"\1.attn.to_"),
    (r"^(layers\.\d+)\.1\.0\.", r"\1.ff.0."),
    (r"^(layers\.\d+)\.1\.1\.", r"\1.ff.1.net.0.proj."),
    (r"^(layers\.\d+)\.1\.3\.", r"\1.ff.1.net.2."),
    (r"^proj\.", "image_embeds."),
)


class Sight(nn.Module):
    """From a picture to tokens: an image encoder, and what the adapter makes of its output.

    is_fine  whether it looks at every patch, in the layer before the last; else at the one embedding
    """

    def __init__(self, encoder: Any, projection: nn.Module, processor: Any, is_fine: bool) -> None:
        super().__init__()
        self.encoder, self.projection = encoder, projection
        self.processor, self.is_fine = processor, is_fine

    @torch.no_grad()
    def tokens(self, picture: Tensor) -> Tensor:
        """(N, D) float32 on the CPU, of a picture (3, H, W) in [-1, 1], fitted as the processor is set to."""
        values = self.processor(to_pixels(picture), return_tensors="pt").pixel_values  # (1, 3, S, S)
        return self._projected(self._seen(values))

    @torch.no_grad()
    def nothing(self) -> Tensor:
        """The tokens of no picture, as released: of zeros as input where it is fine, else as embedding."""
        side = self.encoder.config.image_size
        seen = self._seen(torch.zeros(1, 3, side, side))
        return self._projected(seen if self.is_fine else torch.zeros_like(seen))

    def _seen(self, values: Tensor) -> Tensor:
        """(1, L, D) where it is fine, else (1, D)."""
        first = next(self.encoder.parameters())
        seen = self.encoder(values.to(first.device, first.dtype), output_hidden_states=self.is_fine)
        return seen.hidden_states[-2] if self.is_fine else seen.image_embeds

    def _projected(self, seen: Tensor) -> Tensor:
        return self.projection(seen)[0].float().cpu()


class SecondKeys(nn.Module):
    """Keys and values of the second attention: a matrix (inner, D) of each for every cross-attention."""

    def __init__(self, names: Sequence[str], keys: Sequence[Tensor], values: Sequence[Tensor]) -> None:
        super().__init__()
        self.names = tuple(names)
        self.keys = nn.ParameterList([nn.Parameter(matrix, requires_grad=False) for matrix in keys])
        self.values = nn.ParameterList([nn.Parameter(matrix, requires_grad=False) for matrix in values])

    def of(self, name: str) -> tuple[Tensor, Tensor]:
        index = self.names.index(name)
        return self.keys[index], self.values[index]


@dataclass(frozen=True, eq=False)
class ImagePrompt:
    """An opened IP-Adapter; `tokens` and `nothing` are its sight's, remembered."""

    sight: Sight
    keys: SecondKeys
    tokens: Any
    nothing: Any

    def entry(self, pictures: Sequence[Tensor], is_null: bool) -> Tensor:
        """(pictures · N, D): the tokens of all pictures, one after the other, or as many of no picture."""
        return torch.cat([self.nothing() if is_null else self.tokens(picture) for picture in pictures])

    def close(self) -> None:
        self.tokens.cache_clear()
        self.nothing.cache_clear()
        self.sight.to("meta")
        self.keys.to("meta")


# Opening


def open_image_prompt(
    path: Path, encoders: Sequence[Path], unet: Any, device: str, dtype: str
) -> ImagePrompt:
    """The IP-Adapter in this file, with the first of these image encoders that fits, or that beside it.

    Raises UnknownModel when none does, or when the adapter belongs to another U-Net.
    """
    from safetensors.torch import load_file

    is_fine, tensors = looks(path).is_fine, load_file(path)
    keys = _keys(path, _under("ip_adapter.", tensors), unet).to(torch.device(device), getattr(torch, dtype))
    folder = encoder_for(path, encoders) or encoder_beside(path)
    if folder is None:
        raise UnknownModel(
            f"{path.name} needs the image encoder it was trained with: name that folder too, or put it "
            "beside the file as image_encoder."
        )
    repository = Repository(folder)
    encoder = repository.load("", device, dtype, cls=f"transformers.{ENCODER_CLASS}")
    projection = _projection(path, _under("image_proj.", tensors))
    projection.to(torch.device(device), getattr(torch, dtype)).eval().requires_grad_(False)
    sight = Sight(encoder, projection, _processor(folder, encoder.config.image_size), is_fine)
    return ImagePrompt(sight, keys, lru_cache(REMEMBERED)(sight.tokens), lru_cache(1)(sight.nothing))


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _keys(path: Path, tensors: Mapping[str, Tensor], unet: Any) -> SecondKeys:
    """The release numbers all attentions in the U-Net's own order, and has the cross ones."""
    names = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    modules = dict(unet.named_modules())
    keys = [tensors.get(f"{2 * index + 1}.to_k_ip.weight") for index in range(len(names))]
    values = [tensors.get(f"{2 * index + 1}.to_v_ip.weight") for index in range(len(names))]
    shapes = [modules[name.removesuffix(".processor")].to_k.weight.shape for name in names]
    fit = all(
        key is not None and value is not None and key.shape == value.shape == shape
        for key, value, shape in zip(keys, values, shapes, strict=True)
    )
    if not fit or len(tensors) != 2 * len(names):
        raise UnknownModel(
            f"{path.name} was made for another model: its keys and values do not fit this one's attention. "
            "Get an IP-Adapter made for this model."
        )
    return SecondKeys(names, keys, values)  # type: ignore[arg-type]


def _projection(path: Path, tensors: Mapping[str, Tensor]) -> nn.Module:
    from diffusers.models.embeddings import ImageProjection, IPAdapterPlusImageProjection

    if not looks(path).is_fine:
        width = tensors["norm.weight"].shape[0]
        size, seen = tensors["proj.weight"].shape
        network: nn.Module = ImageProjection(seen, width, num_image_text_embeds=size // width)
    else:
        hidden = tensors["latents"].shape[2]
        network = IPAdapterPlusImageProjection(
            embed_dims=tensors["proj_in.weight"].shape[1],
            output_dims=tensors["proj_out.weight"].shape[0],
            hidden_dims=hidden,
            depth=1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("layers.")),
            dim_head=HEAD,
            heads=tensors["layers.0.0.to_q.weight"].shape[0] // HEAD,
            num_queries=tensors["latents"].shape[1],
            ffn_ratio=tensors["layers.0.1.1.weight"].shape[0] / hidden,
        )
    try:
        network.load_state_dict(dict(_renamed(tensors)))
    except RuntimeError as error:
        raise UnknownModel(
            f"{path.name} does not hold the image projection of an IP-Adapter: get it again, or another one."
        ) from error
    return network


def _renamed(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in tensors.items():
        for pattern, new in RENAMED:
            name = re.sub(pattern, new, name)
        if ".attn.to_kv." in name:
            key, value = tensor.chunk(2)
            yield name.replace("to_kv", "to_k"), key
            yield name.replace("to_kv", "to_v"), value
        else:
            yield name, tensor


def _processor(folder: Path, side: int) -> Any:
    """How pictures are fitted: as the config beside the encoder says, else as CLIP does it."""
    import transformers

    kind = getattr(transformers, by_pillow("CLIPImageProcessor"))
    if (folder / "preprocessor_config.json").is_file():
        return kind.from_pretrained(folder, local_files_only=True)
    return kind(size=side, crop_size=side)


# Acting


class Seen(NamedTuple):
    """One adapter's share in a batch: tokens (B, N, D) and the strength of each row, (B,)."""

    keys: SecondKeys
    tokens: Tensor
    strength: Tensor


@dataclass(frozen=True, eq=False)
class BothAttentions:
    """The processor of one cross-attention, called `name`, while pictures act: the text's, then theirs."""

    name: str
    seen: Sequence[Seen]

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
    ) -> Tensor:
        """hidden_states (B, L, C), encoder_hidden_states (B, T, D) -> (B, L, C)."""
        text = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        if attn.norm_cross:
            text = attn.norm_encoder_hidden_states(text)
        if attention_mask is not None:
            rows, length, _ = text.shape
            mask = attn.prepare_attention_mask(attention_mask, length, rows)
            attention_mask = mask.view(rows, attn.heads, -1, mask.shape[-1])
        query = attn.to_q(hidden_states)
        out = _attended(attn, query, attn.to_k(text), attn.to_v(text), attention_mask)
        for keys, tokens, strength in self.seen:
            key, value = keys.of(self.name)
            out = out + scaled(_attended(attn, query, linear(tokens, key), linear(tokens, value)), strength)
        out = attn.to_out[1](attn.to_out[0](out))
        return (out + hidden_states if attn.residual_connection else out) / attn.rescale_output_factor


def _attended(attn: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """(B, L, C) -> (B, L, C), split into heads on the way."""
    heads = (part.unflatten(2, (attn.heads, -1)).transpose(1, 2) for part in (query, key, value))
    out = scaled_dot_product_attention(*heads, attn_mask=mask)  # (B, heads, L, C / heads)
    return out.transpose(1, 2).flatten(2)


@contextmanager
def looking(unet: Any, seen: Sequence[Seen]) -> Iterator[None]:
    """While it lasts, the U-Net looks at these pictures too. What has no strength in any row is left out."""
    first = next(unet.parameters())
    active = [
        Seen(keys, tokens.to(first.device, first.dtype), strength.to(first.device))
        for keys, tokens, strength in seen
        if strength.any()
    ]
    if not active:
        yield
        return
    usual = unet.attn_processors
    both = {name: BothAttentions(name, active) for name in active[0].keys.names}
    unet.set_attn_processor({**usual, **both})
    try:
        yield
    finally:
        unet.set_attn_processor(dict(usual))
