"""Opening FLUX.1: its networks on a device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.flux.files import TRANSFORMER, Files
from sfumato.models.flux.model import FluxModel, FluxStage
from sfumato.models.flux.original import load_transformer
from sfumato.models.flux.texts import Reader
from sfumato.models.flux.variants import STAGE
from sfumato.models.opening import opening


def open_flux(files: Files, device: str, dtype: str) -> FluxModel:
    """The model over these files. Raises FileNotFoundError when weights are missing."""
    repository, variant = files.repository, files.variant
    if files.file is None:
        transformer = repository.load(TRANSFORMER, device, dtype)
    else:
        transformer = _alone(files.file, device, dtype)
    clip, t5 = (repository.load(name, device, dtype) for name in ("text_encoder", "text_encoder_2"))
    space = latent_of(repository.load("vae", device, dtype))
    words = repository.load("tokenizer_2")
    length = min(variant.length, words.model_max_length)
    stage = FluxStage(
        name=STAGE,
        path=replace(noise_path(files.scheduler), clock=1.0),
        space=space,
        read=Reader(clip, repository.load("tokenizer"), t5, words, length),
        roles=variant.roles,
        guided=transformer.config.guidance_embeds,
    )
    return FluxModel(transformer, stage, (clip, t5, space.vae))


def _alone(file: Path, device: str, dtype: str) -> Any:
    """The transformer of a file of its own."""
    key = (str(file), file.stat().st_mtime_ns, dtype)
    return opening().network(key, device, lambda place: load_transformer(file, place, dtype))
