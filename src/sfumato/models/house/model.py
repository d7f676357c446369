"""The house model behind the engine's protocols: two stages on the straight flow path, both predicting x0."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from sfumato.engine import (
    NULL,
    Answer,
    Ask,
    Condition,
    Guidance,
    NoisePath,
    Setting,
    classifier_free,
    fitted,
    from_start,
    part,
)
from sfumato.models._parts.bare import bare
from sfumato.models._parts.enlarging import EnlargingStage, enlarged
from sfumato.models.house.enlarger import Enlarger, EnlargerConfig
from sfumato.models.house.family import BASE, ENLARGER, SCALE, UPPER
from sfumato.models.house.net import HouseNet, Low, read_config
from sfumato.models.house.words import EMPTY, read_words
from sfumato.models.weights import about, load_packed
from sfumato.plan import Plan, StagePlan

PATH = NoisePath("flow", "x0", clock=1.0)


@dataclass(frozen=True, eq=False)
class Network:
    """One trained network with the words it knows."""

    net: HouseNet
    vocabulary: tuple[str, ...]

    @torch.no_grad()
    def read(self, text: str) -> dict[str, Tensor]:
        """A text as what the U-Net looks at: features (L, D) and where they are, (L,)."""
        length = self.net.config.length
        ids = read_words(text, self.vocabulary, length).ids
        words = torch.tensor([ids + (EMPTY,) * (length - len(ids))], device=self.device)
        features, mask = self.net.encoder(words)
        return {"text": features[0], "mask": mask[0]}

    @property
    def device(self) -> torch.device:
        return self.net.unet.enter.weight.device

    @property
    def dtype(self) -> torch.dtype:
        return self.net.unet.enter.weight.dtype


@dataclass(frozen=True, eq=False)
class Pixels:
    """A stage whose x is the picture itself; with `below`, one that makes that stage's picture larger."""

    name: str
    network: Network
    below: str | None = None

    @property
    def path(self) -> NoisePath:
        return PATH

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (3, stage.height, stage.width)

    def encode(self, picture: Tensor) -> Tensor:
        return picture

    def decode(self, x: Tensor) -> Tensor:
        return x

    def limit(self, x0: Tensor) -> Tensor:
        return x0.clamp(-1, 1)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        texts = {part(i): piece.content for i, piece in enumerate(setting.plan.parts)} or {part(0): ""}
        texts |= {NULL: setting.plan.negative}
        seen = self._seen(setting)
        return {role: Condition({**self._read(setting, text), **seen}) for role, text in texts.items()}

    def guidance(self, setting: Setting) -> Guidance:
        return classifier_free(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        """The start picture, as the enlarger made it where it did."""
        if self.below is None or ENLARGER not in setting.results:
            return from_start(self, setting)
        return fitted(setting.results[ENLARGER], setting.stage.width, setting.stage.height)

    def _read(self, setting: Setting, text: str) -> dict[str, Tensor]:
        return setting.once((self.name, text), partial(self.network.read, text))

    def _seen(self, setting: Setting) -> dict[str, Tensor]:
        if self.below is None:
            return {}
        small = setting.results[self.below]
        noise = setting.draw("augment", 0, small.shape)
        level = setting.stage.augment  # a point of the flow path
        return {"low": PATH.mix(small, noise, level), "level": torch.tensor(level)}


@dataclass(frozen=True, eq=False, kw_only=True)
class Larger(EnlargingStage):
    """The stage that makes any picture larger."""

    net: Enlarger

    def limit(self, x0: Tensor) -> Tensor:
        return x0.clamp(-1, 1)

    def enlarge(self, low: Tensor) -> Tensor:
        device = self.net.enter.weight.device
        return self.net(low.to(device).contiguous(memory_format=torch.channels_last))


@dataclass(frozen=True, eq=False)
class HouseModel:
    """All stages, opened.

    one_by_one  windows of the enlarger never share a pass: they take as long together
    """

    stages: tuple[Pixels | Larger, ...]
    accepts: frozenset[str] = frozenset({"start"})
    one_by_one: frozenset[str] = frozenset({ENLARGER})

    @property
    def networks(self) -> tuple[nn.Module, ...]:
        return tuple(own.net if isinstance(own, Larger) else own.network.net for own in self.stages)

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape))

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        stage = next(stage for stage in self.stages if stage.name == asks[0].net)
        if isinstance(stage, Larger):
            return [Answer(enlarged(ask, stage.enlarge)) for ask in asks]
        network = stage.network
        x = torch.stack([ask.x for ask in asks]).to(network.device, network.dtype)
        t = torch.tensor([ask.t for ask in asks], device=network.device)
        text, mask = (torch.stack([ask.condition[name] for ask in asks]) for name in ("text", "mask"))
        x = x.contiguous(memory_format=torch.channels_last)
        x0 = network.net.unet(x, t, text, mask, _low(asks, network)).float().cpu()
        return [Answer(row) for row in x0]

    def close(self) -> None:
        for network in self.networks:
            network.to("meta")


def _low(asks: Sequence[Ask], network: Network) -> Low | None:
    if "low" not in asks[0].condition:
        return None
    picture = torch.stack([ask.condition["low"] for ask in asks]).to(network.device, network.dtype)
    level = torch.stack([ask.condition["level"] for ask in asks]).to(network.device)
    return Low(picture, level)


def open_house(base: Path, upper: Path, enlarger: Path, device: str, dtype: str) -> HouseModel:
    """All networks from their files."""
    lower = Pixels(BASE, open_network(base, device, dtype))
    higher = Pixels(UPPER, open_network(upper, device, dtype), below=BASE)
    net = open_enlarger(enlarger, device, dtype)
    return HouseModel((lower, higher, Larger(ENLARGER, scale=SCALE, around=net.config.reach, net=net)))


def open_enlarger(path: Path, device: str, dtype: str) -> Enlarger:
    """The network that makes pictures larger."""
    with bare():
        net = Enlarger(EnlargerConfig(**about(path)["config"]))
    net.load_state_dict(load_packed(path), assign=True)
    net.to(torch.device(device), getattr(torch, dtype)).to(memory_format=torch.channels_last)  # pyright: ignore
    return net.eval().requires_grad_(False)


def open_network(path: Path, device: str, dtype: str) -> Network:
    """One network; its last layer stays float32, as bf16 has fewer levels near white than a screen."""
    told = about(path)
    config = read_config(told["config"])
    with bare():
        net = HouseNet(config)
    net.load_state_dict(load_packed(path), assign=True)
    net.to(torch.device(device), getattr(torch, dtype)).to(memory_format=torch.channels_last)  # pyright: ignore
    net.eval().requires_grad_(False)
    net.unet.leave.float()
    return Network(net, tuple(told["vocabulary"]))
