"""The files of one FLUX.1 model: found among what a person named, and read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sfumato.models._parts.adapter_file import CONTROL, kind_of
from sfumato.models._parts.latent_family import adapters_of
from sfumato.models._parts.repository import Repository
from sfumato.models.family import UnknownModel
from sfumato.models.flux.original import config_of, misfits, shapes_of
from sfumato.models.flux.variants import PIPELINES, Variant, variant_of
from sfumato.models.weights import fingerprint

TRANSFORMER = "transformer"
BESIDE = ("text_encoder", "text_encoder_2", "vae")
TOKENIZERS = ("tokenizer", "tokenizer_2")
REDUX, LOOKING = "FluxPriorReduxPipeline", ("image_encoder", "image_embedder")
REFERENCE = "reference"
CONTROLNET = "FluxControlNetModel"

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
    file      the transformer under its original names, in place of the folder's own
    redux     the folder of what reads references, None where nothing does or the transformer itself
    adapters  files of LoRAs, folders of ControlNets
    """

    folder: Path
    file: Path | None = None
    redux: Path | None = None
    adapters: tuple[Path, ...] = ()

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
    def variant(self) -> Variant:
        """Which model this is. A lone transformer of Kontext looks like dev's: its file's name tells."""
        said = self.file is not None and "kontext" in self.file.name.lower()
        pipeline = "FluxKontextPipeline" if said else self.repository.pipeline
        return variant_of(self.transformer, self.autoencoder["latent_channels"], pipeline)

    @property
    def components(self) -> tuple[str, ...]:
        """The folder's networks that are used."""
        return BESIDE if self.file else (TRANSFORMER, *BESIDE)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of pictures that are read."""
        return self.variant.roles | ({REFERENCE} if self.redux else frozenset())

    @property
    def named(self) -> str:
        """The folder's name and those of what is added to it."""
        added = [path.name for path in (self.redux, *self.adapters) if path]
        return f"{self.folder.name} with {', '.join(added)}" if added else self.folder.name

    def beside(self) -> tuple[str, ...]:
        """Fingerprints of what lies outside the folder. Raises FileNotFoundError."""
        own = (fingerprint(self.file),) if self.file else ()
        return (*own, Repository(self.redux).fingerprint(*LOOKING)) if self.redux else own

    def missing(self) -> tuple[Path, ...]:
        """The weight files of Redux that are not here."""
        return Repository(self.redux).missing(*LOOKING) if self.redux else ()


def found(paths: tuple[Path, ...]) -> Files | None:
    """The model that these paths make, None when they are of another kind.

    Raises UnknownModel when they are FLUX.1's, but not all that it takes.
    """
    folders = [path for path in paths if Repository(path).pipeline in PIPELINES]
    singles = [path for path in paths if shapes_of(path)]
    redux = [path for path in paths if Repository(path).pipeline == REDUX]
    if max(len(folders), len(singles), len(redux)) > 1 or not folders + singles + redux:
        return None
    adapters = adapters_of(paths, (*folders, *singles, *redux), "FLUX.1", CONTROLNET)
    if adapters is None:
        return None
    for file in singles:
        _require_whole(file)
    if not folders:
        return _alone(singles[0] if singles else redux[0], bool(singles))
    _require_parts(Repository(folders[0]), () if singles else (TRANSFORMER,))
    files = Files(folders[0], *(singles or [None]), *(redux or [None]), adapters=adapters)
    if files.redux and REFERENCE in files.variant.roles:
        raise UnknownModel(f"{files.variant.title} reads references by itself: leave out {redux[0].name}.")
    _require_plain(files)
    return files


def _require_plain(files: Files) -> None:
    controls = [path.name for path in files.adapters if kind_of(path) == CONTROL]
    if controls and files.variant.roles != {"start"}:
        raise UnknownModel(
            f"{files.variant.title} reads pictures by itself and takes no ControlNets: leave out "
            f"{', '.join(controls)}, or name FLUX.1 dev or schnell."
        )


def _require_parts(repository: Repository, also: tuple[str, ...]) -> None:
    absent = [name for name in (*also, *BESIDE, *TOKENIZERS) if not (repository.path / name).is_dir()]
    if absent:
        raise UnknownModel(
            f"{repository.path} is a FLUX.1 model without {', '.join(absent)}: get these of its release"
            + (", or name the transformer's .safetensors file too." if TRANSFORMER in absent else ".")
        )


def _alone(path: Path, is_transformer: bool) -> None:
    if not is_transformer:
        raise UnknownModel(
            f"{path} is FLUX.1 Redux, which shows pictures to a model but paints none itself: name the "
            "folder of FLUX.1 dev or schnell too."
        )
    raise UnknownModel(
        f"{path} is only the transformer of FLUX.1, which cannot read words or make pixels: name the folder "
        f"of a FLUX.1 release too, with {', '.join((*BESIDE, *TOKENIZERS))} in it."
    )


def _require_whole(file: Path) -> None:
    if wrong := misfits(shapes_of(file)):
        raise UnknownModel(
            f"{file.name} is not a whole FLUX.1 transformer in a plain number format: {wrong[0]} and so on "
            f"({len(wrong)} tensors) are missing or too many. Get another file, or the folder of the release."
        )
