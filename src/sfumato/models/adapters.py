"""What is added to a model and paints nothing by itself. Read from names, configs and headers: no torch."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from sfumato.models._parts.adapter_file import CONTROL, IMAGE, LORA, WORD, is_encoder, kind_of

NAMES = MappingProxyType(
    {LORA: "LoRA", CONTROL: "ControlNet", IMAGE: "IP-Adapter", WORD: "textual inversion"}
)
ENCODER = "image encoder"
NETWORKS = ("model_index.json", "config.json")
SUFFIX = ".safetensors"


def adapter_at(path: Path) -> str | None:
    """What the adapter at a path is called, as "LoRA"; None where there is none.

    It is a file, or the folder of a ControlNet or of an IP-Adapter's image encoder.
    """
    if path.is_dir() if path.suffix != SUFFIX else path.is_file():
        return ENCODER if is_encoder(path) else NAMES.get(kind_of(path) or "")
    return None


def adapters_in(folder: Path) -> tuple[Path, ...]:
    """The adapters' files of a folder that is no network, as LoRAs are released; empty otherwise."""
    if any((folder / name).exists() for name in NETWORKS):
        return ()
    weights = sorted(folder.glob(f"*{SUFFIX}"))
    return tuple(weights) if all(adapter_at(own) for own in weights) else ()
