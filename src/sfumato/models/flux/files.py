"""The files of one FLUX.1 model: found among what a person named, and read without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sfumato.models._parts.repository import Repository, spatial_factor
from sfumato.models.family import UnknownModel
from sfumato.models.flux.original import config_of, misfits, shapes_of
from sfumato.models.flux.variants import PIPELINES, Variant, variant_of
from sfumato.models.weights import fingerprint

TRANSFORMER = "transformer"
BESIDE = ("text_encoder", "text_encoder_2", "vae")
TOKENIZERS = ("tokenizer", "tokenizer_2")

# What every release of a kind says, for a transformer that comes in one file without its scheduler.
LINE = MappingProxyType(
    {
        "_class_name": "FlowMatchEulerDiscreteScheduler",
        "use_dynamic_shifting": True,
        "base_image_seq_len": 256,
        "base_shift": 0.5,
        "max_image_seq_len": 4096,
        "max_shift": 1.15,
        "shift": 3.0,
    }
)
UNSHIFTED = MappingProxyType(
    {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": False, "shift": 1.0}
)


@dataclass(frozen=True)
class Files:
    """folder  in the released layout
    file       the transformer under its original names, in place of the folder's own
    """

    folder: Path
    file: Path | None = None

    @cached_property
    def repository(self) -> Repository:
        return Repository(self.folder)

    @cached_property
    def transformer(self) -> Mapping[str, Any]:
        """The transformer's config; that of a file follows from its shapes."""
        return self.repository.config(TRANSFORMER) if self.file is None else config_of(shapes_of(self.file))

    @cached_property
    def scheduler(self) -> Mapping[str, Any]:
        """The scheduler's config. A folder beside a file may be another model's, so it is not asked."""
        if self.file is None:
            return self.repository.config("scheduler")
        return LINE if self.transformer["guidance_embeds"] else UNSHIFTED

    @cached_property
    def autoencoder(self) -> Mapping[str, Any]:
        """The autoencoder's config."""
        return self.repository.config("vae")

    @cached_property
    def factor(self) -> int:
        """Sides of a picture over those of its latent."""
        return spatial_factor(self.autoencoder)

    @cached_property
    def variant(self) -> Variant:
        """Which model this is. A lone transformer of Kontext looks like dev's: its file's name tells."""
        said = self.file is not None and "kontext" in self.file.name.lower()
        pipeline = "FluxKontextPipeline" if said else self.repository.pipeline
        return variant_of(self.transformer, self.autoencoder["latent_channels"], pipeline)

    @property
    def components(self) -> tuple[str, ...]:
        """The folder's networks that are used."""
        return BESIDE if self.file else (TRANSFORMER, *BESIDE)

    def fingerprint(self) -> str:
        """What decides the pixels: all networks, and how noise is spread. Raises FileNotFoundError."""
        digest = sha256(self.repository.fingerprint(*self.components).encode())
        digest.update(json.dumps(dict(self.scheduler), sort_keys=True).encode())
        if self.file:
            digest.update(fingerprint(self.file).encode())
        return digest.hexdigest()

    def missing(self) -> tuple[Path, ...]:
        """The weight files that are not here."""
        return self.repository.missing(*self.components)


def found(paths: tuple[Path, ...]) -> Files | None:
    """The model that these paths make, None when they are of another kind.

    Raises UnknownModel when they are FLUX.1's, but not all that it takes.
    """
    folders = [path for path in paths if Repository(path).pipeline in PIPELINES]
    singles = [path for path in paths if shapes_of(path)]
    if len(folders) + len(singles) < len(paths) or len(folders) > 1 or len(singles) > 1:
        return None
    for file in singles:
        _require_whole(file)
    if not folders:
        return _alone(singles[0]) if singles else None
    repository = Repository(folders[0])
    needed = (*(() if singles else (TRANSFORMER,)), *BESIDE, *TOKENIZERS)
    absent = [component for component in needed if not (repository.path / component).is_dir()]
    if absent:
        raise UnknownModel(
            f"{repository.path} is a FLUX.1 model without {', '.join(absent)}: get these of its release"
            + (", or name the transformer's .safetensors file too." if TRANSFORMER in absent else ".")
        )
    return Files(repository.path, singles[0] if singles else None)


def _alone(file: Path) -> None:
    raise UnknownModel(
        f"{file} is only the transformer of FLUX.1, which cannot read words or make pixels: name the folder "
        f"of a FLUX.1 release too, with {', '.join((*BESIDE, *TOKENIZERS))} in it."
    )


def _require_whole(file: Path) -> None:
    if wrong := misfits(shapes_of(file)):
        raise UnknownModel(
            f"{file.name} is not a whole FLUX.1 transformer in a plain number format: {wrong[0]} and so on "
            f"({len(wrong)} tensors) are missing or too many. Get another file, or the folder of the release."
        )
