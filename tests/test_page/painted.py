"""A gallery full of pictures, without painting one: rows with plans, and small files in plain colours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sfumato.models.judge import open_sight
from sfumato.plan import Plan, Seed
from sfumato.studio import Picture
from sfumato.studio.gallery import keep
from sfumato.studio.local import local_owner, open_store
from sfumato.studio.store import Drawn, drawn

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SHAPES = ((64, 64), (48, 72), (72, 48), (45, 80))  # height, width
DAY = 86_400.0


def fill(folder: Path, prompts: list[str], newest: float) -> list[str]:
    """Keep a picture of each prompt, the first one the newest, three of a day; their ids."""
    store = open_store(folder, None)
    try:
        rows = [_painted(store.gallery, prompt, n, newest - n * DAY / 3) for n, prompt in enumerate(prompts)]
        return [row.id for row in store.pictures.add(rows, local_owner(store).id)]
    finally:
        store.close()


def multiply(folder: Path, count: int, newest: float) -> None:
    """So many rows that all show one file: for what many pictures cost."""
    store = open_store(folder, None)
    try:
        one = _painted(store.gallery, "one of many", 0, newest)
        many = [replace(one, id=f"{n:08}-0", job=f"{n:08}", created=newest - n * 600) for n in range(count)]
        store.pictures.add(
            [replace(own, height=64, width=48 + 8 * (n % 7)) for n, own in enumerate(many)], _owner(store)
        )
    finally:
        store.close()


def _owner(store) -> str:
    return local_owner(store).id


def _painted(gallery: Path, prompt: str, n: int, created: float) -> Drawn:
    golden = Plan.from_json((GOLDEN / "plan-v3.json").read_text(encoding="utf-8"))
    operation = "upscale" if "--upscaled" in prompt else "imagine"
    prompt = prompt.removesuffix(" --upscaled")
    said = {"prompt": prompt, "inputs": (), "seeds": (Seed(number=n),), "operation": operation}
    hue = np.random.default_rng(n).integers(40, 220, 3, dtype=np.uint8)
    pixels = np.broadcast_to(hue, (*SHAPES[n % len(SHAPES)], 3)).copy()
    picture = Picture(pixels, golden.model_copy(update=said), 0, f"{n:08}-painted", {})
    blob = np.random.default_rng(n // 2).normal(size=open_sight().size)  # two and two look alike
    return replace(drawn(picture, keep(picture, gallery), gallery, blob), created=created)
