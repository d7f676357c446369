"""Opening a single file: its tensors under the names that diffusers and transformers know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint,
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
from sfumato.models.sdxl.limits import no_words
from sfumato.models.sdxl.parts import Parts
from sfumato.models.sdxl.single_file import TEXT, UNET, VAE, SingleFile
from sfumato.models.sdxl.text import Reader
from sfumato.models.sdxl.vocabulary import open_words

Tensors = Mapping[str, Tensor]
WRAPPED = "text_model."


def open_single(file: SingleFile, device: str, dtype: str) -> Parts:
    """The networks of a checkpoint.

    Raises FileNotFoundError without tokenizers, ValueError when it holds other networks.
    """
    if file.words is None:
        raise FileNotFoundError(no_words(file.path))
    tokenizers = open_words(file.words)[-len(file.texts) :]
    return Parts(
        unet=_placed(_unet(file), device, dtype),
        latent=latent_of(_placed(_vae(file), device, "float32")),  # it overflows in less
        readers=tuple(
            Reader(tokenizer, _placed(_encoder(file, index, tokenizer), device, dtype))
            for index, tokenizer in enumerate(tokenizers)
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


def _encoder(file: SingleFile, index: int, tokenizer: Any) -> nn.Module:
    """Text encoder number `index`; the last one is OpenCLIP's."""
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = CLIPTextConfig(**file.texts[index], **ends)
    last = index == len(file.texts) - 1
    with torch.device("meta"):
        network = CLIPTextModelWithProjection(config) if last else CLIPTextModel(config)
    if last:
        tensors = convert_open_clip_checkpoint(network, _read(file.path, file.second), prefix=file.second)
    else:
        tensors = convert_ldm_clip_checkpoint(_read(file.path, f"{TEXT}{index}."))
    wrapped = hasattr(network, "text_model")
    tensors = {name if wrapped else name.removeprefix(WRAPPED): tensor for name, tensor in tensors.items()}
    return _filled(network, tensors, file.path)


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
            f"{path.name} holds another {type(network).__name__} than SDXL's ({min(other)} differs): "
            "it cannot be opened."
        )
    network.load_state_dict(own, assign=True)
    for module in network.modules():
        positions = getattr(module, "position_ids", None)  # counted, not trained: no file holds them
        if isinstance(positions, Tensor):
            module.position_ids = torch.arange(positions.shape[-1])[None]
    return network.eval().requires_grad_(False)
