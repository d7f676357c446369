"""Opening a single file: its tensors under the names that diffusers and transformers know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers.loaders.single_file_utils import (
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors import safe_open
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.opening import structure
from sfumato.models._parts.unet.limits import no_words
from sfumato.models._parts.unet.parts import Parts
from sfumato.models._parts.unet.single_file import UNET, VAE, SingleFile, Text
from sfumato.models._parts.unet.text import Reader
from sfumato.models._parts.unet.vocabulary import open_words

Tensors = Mapping[str, Tensor]
WRAPPED = "text_model."


def open_single(file: SingleFile, device: str, dtype: str) -> Parts:
    """The networks of a checkpoint.

    Raises FileNotFoundError without tokenizers, ValueError when it holds other networks.
    """
    if file.words is None:
        raise FileNotFoundError(no_words(file.path))
    words = open_words(file.words)
    return Parts(
        unet=_placed(_unet(file), device, dtype),
        latent=latent_of(_placed(_vae(file), device, dtype)),
        readers=tuple(
            Reader(
                words[text.is_open],
                _placed(_encoder(file, text, words[text.is_open]), device, dtype),
                text.above,
                text.normed,
            )
            for text in file.texts
        ),
    )


def _placed(network: nn.Module, device: str, dtype: str) -> nn.Module:
    # torch's own `to`: that of diffusers warns whenever a number format changes.
    return nn.Module.to(network, torch.device(device), getattr(torch, dtype))


def _unet(file: SingleFile) -> nn.Module:
    config = dict(file.facts.unet)
    tensors = convert_ldm_unet_checkpoint(_read(file.path, UNET), config)
    return _filled(structure(UNet2DConditionModel, config), tensors, file.path)


def _vae(file: SingleFile) -> nn.Module:
    config = dict(file.facts.vae)
    if file.edm:
        numbers = _read(file.path, "edm_")
        config["latents_mean"], config["latents_std"] = (
            numbers[name].float().flatten().tolist() for name in ("edm_mean", "edm_std")
        )
    tensors = convert_ldm_vae_checkpoint(_read(file.path, VAE), config)
    return _filled(structure(AutoencoderKL, config), tensors, file.path)


def _encoder(file: SingleFile, text: Text, tokenizer: Any) -> nn.Module:
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = CLIPTextConfig(**text.config, **ends)
    with torch.device("meta"):
        network = CLIPTextModelWithProjection(config) if _pools(text) else CLIPTextModel(config)
    tensors = _read(file.path, text.prefix)
    if text.is_open:
        tensors = convert_open_clip_checkpoint(network, _used(tensors, text), prefix=text.prefix)
    bare = {name.removeprefix(text.prefix).removeprefix(WRAPPED): tensor for name, tensor in tensors.items()}
    return _filled(network, _wrapped(bare, network), file.path)


def _pools(text: Text) -> bool:
    """Whether its pooled text is read too."""
    return "projection_dim" in text.config


def _used(tensors: Tensors, text: Text) -> dict[str, Tensor]:
    """Of an OpenCLIP encoder what this model reads: SD 2 leaves out the last layer and the projection."""
    block = f"{text.prefix}transformer.resblocks."
    layers = text.config["num_hidden_layers"]
    return {
        name: tensor
        for name, tensor in tensors.items()
        if (_pools(text) or name != f"{text.prefix}text_projection")
        and (not name.startswith(block) or int(name.removeprefix(block).split(".")[0]) < layers)
    }


def _wrapped(tensors: Tensors, network: nn.Module) -> dict[str, Tensor]:
    """The names that this version of transformers gives them."""
    outside = "text_projection."
    inner = WRAPPED if hasattr(network, "text_model") else ""
    return {name if name.startswith(outside) else inner + name: tensor for name, tensor in tensors.items()}


def _read(path: Path, prefix: str) -> dict[str, Tensor]:
    """The tensors under a prefix; no others are read.

    Each gets memory of its own: where it lies in the file would decide the last bits of every product.
    """
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name).clone() for name in file.offset_keys() if name.startswith(prefix)}


def _filled(network: nn.Module, tensors: Tensors, path: Path) -> nn.Module:
    """The network with these tensors as its parameters. Raises ValueError when they are not the network's."""
    own = {name: tensor for name, tensor in tensors.items() if not name.endswith("position_ids")}
    wanted = network.state_dict()
    other = wanted.keys() ^ own.keys() | {
        name for name in wanted.keys() & own.keys() if wanted[name].shape != own[name].shape
    }
    if other:
        raise ValueError(
            f"{path.name} holds another {type(network).__name__} than this kind of model has "
            f"({min(other)} differs): it cannot be opened."
        )
    network.load_state_dict(own, assign=True)
    for module in network.modules():
        positions = getattr(module, "position_ids", None)  # counted, not trained: no file holds them
        if isinstance(positions, Tensor):
            module.position_ids = torch.arange(positions.shape[-1])[None]
    return network.eval().requires_grad_(False)
