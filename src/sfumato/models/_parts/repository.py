"""A folder in the layout of diffusers' releases: one folder for each component, config and weights."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sfumato.models.weights import fingerprint

INDEX = "model_index.json"
CONFIGS = ("config.json", "scheduler_config.json", "preprocessor_config.json", "tokenizer_config.json")
VARIANTS = ("", ".fp16", ".bf16", ".non_ema", ".fp32")  # in order of preference
LIBRARIES = frozenset({"diffusers", "transformers"})


@dataclass(frozen=True)
class Repository:
    """`path` is the folder. A component named "" is the folder itself, as a ControlNet is released."""

    path: Path

    @cached_property
    def index(self) -> dict[str, Any]:
        """model_index.json: the class of the pipeline and of every component; empty without one."""
        file = self.path / INDEX
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    @property
    def pipeline(self) -> str:
        """The class name of the released pipeline, "" when there is none or it brings code of its own."""
        named = self.index.get("_class_name", "")
        return named if isinstance(named, str) else ""

    def has(self, component: str) -> bool:
        """Whether the component is here: named in the index and not null, and its folder exists."""
        named = self.index.get(component, [None])
        is_component = isinstance(named, list) and bool(named[0])  # the index also holds plain settings
        absent = bool(component) and bool(self.index) and not is_component
        return not absent and (self.path / component).is_dir()

    def config(self, component: str) -> dict[str, Any]:
        """The component's config, empty when it has none."""
        file = self._config_file(component)
        return json.loads(file.read_text(encoding="utf-8")) if file else {}

    def _config_file(self, component: str) -> Path | None:
        files = (self.path / component / name for name in CONFIGS)
        return next((file for file in files if file.is_file()), None)

    def _canonical(self, component: str) -> str:
        """The config as JSON in one order, read again only where its file is another."""
        file = self._config_file(component)
        if file is None:
            return "{}"
        status = file.stat()
        return _canonical(str(file), status.st_size, status.st_mtime_ns)

    def variant(self, component: str) -> str:
        """Which variant of the weights is here: "" or ".fp16" and so on.

        Raises FileNotFoundError when there are none, with a sentence of its own for pickles.
        """
        where = self.path / component
        found = {_variant(name) for name in _weights(where)}
        for variant in VARIANTS:
            if variant in found:
                return variant
        raise _without_weights(where)

    def files(self, component: str) -> tuple[Path, ...]:
        """The component's weight files, all shards of one variant. Raises as `variant` does."""
        where = self.path / component
        by_variant: dict[str, list[Path]] = {}
        for name in sorted(_weights(where)):
            by_variant.setdefault(_variant(name), []).append(where / name)
        for variant in VARIANTS:
            if variant in by_variant:
                return tuple(by_variant[variant])
        raise _without_weights(where)

    def missing(self, *components: str) -> tuple[Path, ...]:
        """Their weight files that are not here: shards that an index names, else the whole folder."""
        return tuple(path for component in components for path in self._missing(self.path / component))

    def _missing(self, folder: Path) -> Iterator[Path]:
        if not any(folder.glob("*.safetensors")):
            yield folder
        for index in sorted(folder.glob("*.safetensors.index*.json")):
            shards = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
            yield from (folder / shard for shard in dict.fromkeys(shards) if not (folder / shard).exists())

    def fingerprint(self, *components: str) -> str:
        """What these components are: sha256 over their configs and the sha256 of every weight file."""
        digest = sha256()
        for component in components:
            digest.update(f"{component}\0{self._canonical(component)}\0".encode())
            for file in self.files(component):
                digest.update(f"{file.name}\0{fingerprint(file)}\0".encode())
        return digest.hexdigest()

    def load(self, component: str, device: str = "cpu", dtype: str = "float32", cls: str = "") -> Any:
        """The component opened: networks in eval mode without gradients, on the device, in the number format;
        tokenizers and processors as they are. "meta" as device gives the structure without weights.

        cls: the class, as "diffusers.AutoencoderKL", where there is no index to name it.
        """
        from sfumato.models._parts.opening import open_component

        return open_component(self, component, device, dtype, cls)

    def known(self, component: str) -> bool:
        """Whether the component's class comes from a library that is used here."""
        return self.index[component][0] in LIBRARIES

    def class_of(self, component: str) -> str:
        """The class that the index, or the config, names, as "diffusers.AutoencoderKL"."""
        library, name = self.index.get(component) or (
            "diffusers",
            self.config(component).get("_class_name", ""),
        )
        if library not in LIBRARIES:
            raise FileNotFoundError(
                f"{self.path / component} needs code from {library!r}: "
                f"only {', '.join(sorted(LIBRARIES))} are used."
            )
        return f"{library}.{name}"


def spatial_factor(config: Mapping[str, Any]) -> int:
    """How much smaller the sides become inside a network, from its config: pictures over latents."""
    return 2 ** (len(config["block_out_channels"]) - 1)


def _weights(folder: Path) -> list[str]:
    """Names of the weight files in a folder; none where it is not there."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(".safetensors")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _without_weights(where: Path) -> FileNotFoundError:
    if any(where.glob("*.bin")) or any(where.glob("*.ckpt")):
        return FileNotFoundError(
            f"{where} has its weights only as pickles, which can run any program when they are read: get "
            "this model's .safetensors files."
        )
    return FileNotFoundError(f"{where} has no .safetensors file: get this model's weights again.")


@lru_cache(maxsize=256)
def _canonical(file: str, size: int, changed_ns: int) -> str:
    return json.dumps(json.loads(Path(file).read_text(encoding="utf-8")), sort_keys=True)


def _variant(name: str) -> str:
    """What stands before the ending and the number of the shard: ".fp16", or "" where nothing does."""
    stem = name.removesuffix(".safetensors")
    stem = stem.split("-0000")[0]
    _, dot, variant = stem.rpartition(".")
    return dot + variant if dot else ""
