"""Which folders hold a model that looks at pictures. Reads no weight, and needs no torch."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

WEIGHTS = "model.safetensors"
CONCEPTS = "StableDiffusionSafetyChecker"
LABELS = "ForImageClassification"
UNSAFE = re.compile(r"nsfw|porn|hentai|sexy|sexual|nude|nudity|explicit|unsafe|gore", re.IGNORECASE)
SAFE = re.compile(r"\b(?:sfw|not|non|no|safe)\b", re.IGNORECASE)
PREPARING = "preprocessor_config.json"


class Checker(NamedTuple):
    """A model that looks at pictures.

    path    its folder, with config.json and model.safetensors
    takes   the folder whose preprocessor_config.json says how pictures are prepared
    labels  those that are withheld; empty for Stable Diffusion's checker, whose concepts have no names
    """

    path: Path
    takes: Path
    labels: tuple[str, ...]


def checker_at(path: Path) -> Checker | None:
    """The one in a folder, or in the safety_checker/ of a Stable Diffusion repository; None where none is.

    Only weights in .safetensors count.
    """
    for folder in (path, path / "safety_checker"):
        config = _json(folder / "config.json")
        takes = next((own for own in _beside(folder) if (own / PREPARING).is_file()), None)
        if config and takes is not None and (folder / WEIGHTS).is_file():
            kinds = [str(own) for own in config.get("architectures") or ()]
            if CONCEPTS in kinds:
                return Checker(folder, takes, ())
            labels = _unsafe(config) if any(own.endswith(LABELS) for own in kinds) else ()
            if labels:
                return Checker(folder, takes, labels)
    return None


def _beside(folder: Path) -> tuple[Path, ...]:
    return folder, folder.parent / "feature_extractor"


def _unsafe(config: dict[str, Any]) -> tuple[str, ...]:
    names = config.get("id2label")
    said = [str(own) for own in names.values()] if isinstance(names, dict) else []
    return tuple(own for own in said if UNSAFE.search(own) and not SAFE.search(own.replace("_", " ")))


def _json(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
