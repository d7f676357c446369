"""A bare U-Net of the tiny SDXL with adapters beside it, and asks that name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import Ask, Condition
from sfumato.models._parts.adapter_file import fingerprint_of, kind_of
from sfumato.models._parts.unet.adapters import Adapters, open_adapters
from tinies import adapters as tiny

ALWAYS = (0.0, 1000.0)
TIMES = (800.0, 300.0)


@dataclass(frozen=True)
class Bench:
    """The tiny SDXL's networks and the files of its adapters, by name."""

    folder: Path
    networks: Mapping[str, Any]
    files: Mapping[str, Path]

    def opened(self, *names: str, unet: Any = None, dtype: str = "float32") -> Adapters:
        encoders = {name: self.networks[name] for name in ("text_encoder", "text_encoder_2")}
        paths = tuple(self.files[name] for name in names)
        return open_adapters(paths, unet or self.networks["unet"], encoders, "cpu", dtype)

    @property
    def unet(self) -> Any:
        return self.networks["unet"]


def build(folder: Path) -> Bench:
    """Every kind of adapter, written into the folder."""
    drawn = tiny.drawn(5, convolutions=True)
    files = {
        "kohya": tiny.write(folder, "kohya", tiny.kohya(drawn)),
        "peft": tiny.write(folder, "peft", tiny.peft(drawn)),
        "older": tiny.write(folder, "older", tiny.older(drawn)),
        "control": tiny.control(folder, 41),
        "control 2": tiny.control(folder, 42),
        "encoder": tiny.image_encoder(folder / "encoder"),
        "plain": tiny.image_prompt(folder, "plain", 51, fine=False),
        "plus": tiny.image_prompt(folder, "plus", 52, fine=True),
    }
    return Bench(folder, tiny.networks(), files)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def looked(bench: Bench, adapters: Adapters | None, asks: list[Ask], unet: Any = None) -> Tensor:
    """The U-Net's output for these asks, two rows of noise at their times."""
    network = unet or bench.unet
    rows = len(asks)
    x = drawn(rows, network.config.in_channels, 8, 12, seed=1).to(network.dtype)
    times = torch.tensor([ask.t for ask in asks])
    tokens = drawn(rows, 7, network.config.cross_attention_dim, seed=2).to(network.dtype)
    added = {"text_embeds": drawn(rows, 128, seed=3).to(network.dtype), "time_ids": torch.ones(rows, 6)}
    with torch.no_grad():
        if adapters is None:
            return network(x, times, encoder_hidden_states=tokens, added_cond_kwargs=added).sample
        with adapters.answering(asks, x, times, tokens, added) as extra:
            return network(x, times, encoder_hidden_states=tokens, added_cond_kwargs=added, **extra).sample


def asked(
    named: Mapping[str, tuple[float, ...]],
    t: float,
    spans: tuple[float, float] = ALWAYS,
    seen: Mapping[str, Tensor] | None = None,
) -> Ask:
    """An ask whose condition names adapters by KIND.PLACE.FINGERPRINT with these scales."""
    entries = {f"{name}.amount": torch.tensor([*scale, *spans]) for name, scale in named.items()}
    return Ask("base", torch.zeros(4, 8, 12), t, t, Condition({**entries, **(seen or {})}))


def pair_of_asks(bench: Bench, name: str, scales: tuple[float, float], spans=ALWAYS) -> list[Ask]:
    """Two rows, each with its own scale, and its own picture where the adapter reads one."""
    path = bench.files[name]
    kind = kind_of(path)
    entry = f"{kind}.0.{fingerprint_of(path)}"
    width = bench.unet.config.cross_attention_dim
    seen = {
        "lora": lambda row: {},
        "control": lambda row: {f"{entry}.hint": drawn(3, 16, 24, seed=10 + row).sigmoid()},
        "image": lambda row: {f"{entry}.tokens": drawn(4, width, seed=10 + row)},
    }[kind or ""]
    return [asked({entry: (scale,)}, TIMES[row], spans, seen(row)) for row, scale in enumerate(scales)]
