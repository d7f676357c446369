"""Releases at their real size, as configs without weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Parts = Mapping[str, tuple[str, str, Mapping[str, Any]]]


def write_configs(folder: Path, pipeline: str, parts: Parts) -> Path:
    """A folder in the released layout; parts are (library, class, config) by component."""
    index: dict[str, Any] = {"_class_name": pipeline}
    for name, (library, cls, config) in parts.items():
        index[name] = [library, cls]
        (folder / name).mkdir(parents=True)
        file = "scheduler_config.json" if name == "scheduler" else "config.json"
        (folder / name / file).write_text(json.dumps(dict(config)), encoding="utf-8")
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder
