"""Opening FLUX.1: its networks on a device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sfumato.models._parts.latent import latent_of
from sfumato.models._parts.latent_release import DENOISER, STAGE, Guiding
from sfumato.models._parts.latent_stage import LatentModel, ToldStage, no_numbers, told
from sfumato.models._parts.loras import open_loras
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.flux.control import open_flux_controls
from sfumato.models.flux.family import Release
from sfumato.models.flux.lora import converted
from sfumato.models.flux.model import Look
from sfumato.models.flux.original import load_transformer
from sfumato.models.flux.pictures import Pictures
from sfumato.models.flux.redux import open_redux
from sfumato.models.flux.texts import Reader
from sfumato.models.opening import opening


def open_flux(release: Release, device: str, dtype: str) -> LatentModel:
    """The model over a release's files. Raises FileNotFoundError when weights are missing."""
    files, here = release.files, release.repository
    transformer = _transformer(release, device, dtype)
    clip, t5 = (here.load(name, device, dtype) for name in ("text_encoder", "text_encoder_2"))
    space, words = latent_of(here.load("vae", device, dtype)), here.load("tokenizer_2")
    length = min(files.variant.length, words.model_max_length)
    redux = open_redux(files.redux, device, dtype) if files.redux else None
    controls = open_flux_controls(release.adapters, transformer, device, dtype)
    stage = ToldStage(
        name=STAGE,
        path=replace(noise_path(release.scheduler), clock=1.0),
        space=space,
        read=Reader(clip, here.load("tokenizer"), t5, words, length),
        numbers=told if release.guiding is Guiding.TOLD else no_numbers,
        pictures=Pictures(release.roles, redux),
        loras=open_loras(release.adapters, {DENOISER: transformer, "text_encoder": clip}, converted, dtype),
        controls=controls,
    )
    networks = (transformer, clip, t5, space.vae, *((redux.eye, redux.embedder) if redux else ()))
    return LatentModel(stage, Look(transformer, controls), networks, release.reads)


def _transformer(release: Release, device: str, dtype: str) -> Any:
    file = release.files.file
    return _alone(file, device, dtype) if file else release.repository.load(DENOISER, device, dtype)


def _alone(file: Path, device: str, dtype: str) -> Any:
    """The transformer of a file of its own."""
    key = (str(file), file.stat().st_mtime_ns, dtype)
    return opening().network(key, device, lambda place: load_transformer(file, place, dtype))
