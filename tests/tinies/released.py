"""Paper size: released folders with their configs alone, and the parts that several releases share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

T5_XXL = MappingProxyType(
    {
        "d_model": 4096,
        "d_ff": 10240,
        "d_kv": 64,
        "num_heads": 64,
        "num_layers": 24,
        "feed_forward_proj": "gated-gelu",
        "vocab_size": 32128,
    }
)
T5_COUNT = 4_762_310_656
VAE = MappingProxyType(
    {
        "_class_name": "AutoencoderKL",
        "block_out_channels": (128, 256, 512, 512),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "latent_channels": 4,
        "layers_per_block": 2,
        "sample_size": 512,
    }
)
VAE_COUNT = 83_653_863
CONFIGS = MappingProxyType({"scheduler": "scheduler_config.json", "tokenizer": "tokenizer_config.json"})

Part = tuple[str, str, Mapping[str, Any]]
"""Library, class and config."""


def paper(folder: Path, pipeline: str, parts: Mapping[str, Part]) -> Path:
    """The released layout with configs alone."""
    index: dict[str, Any] = {"_class_name": pipeline}
    for component, (library, name, config) in parts.items():
        (folder / component).mkdir(parents=True)
        file = CONFIGS.get(component.split("_")[0], "config.json")
        (folder / component / file).write_text(json.dumps(dict(config)), encoding="utf-8")
        index[component] = [library, name]
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
