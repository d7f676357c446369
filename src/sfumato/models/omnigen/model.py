"""OmniGen behind the engine's protocols: one stage whose network reads a condition once and looks back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import NULL, Answer, Ask, Condition, Guidance, NoisePath, Setting, from_start, part
from sfumato.models._parts.latent import Latent, latent_of
from sfumato.models._parts.repository import Repository
from sfumato.models.omnigen.cache import Kept, Past
from sfumato.models.omnigen.guidance import PICTURES, guidance
from sfumato.models.omnigen.picture import framed, tokens
from sfumato.models.omnigen.sentence import NEGATIVE, pictured, sentence, shown
from sfumato.models.omnigen.stream import look, read
from sfumato.plan import Plan, StagePlan

CACHE_BYTES = 4 << 30  # where nobody can say what is free: 10,000 tokens of the release in bf16


@dataclass(frozen=True, eq=False)
class Sentences:
    """The only stage; x is a scaled latent.

    longest_px  of a reference picture's sides
    reach       tokens of the longest sequence that needs no stretching, see `stream.turned`
    """

    name: str
    path: NoisePath
    latent: Latent
    tokenizer: Any
    longest_px: int
    reach: int

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        factor = self.latent.factor
        return (self.latent.channels, stage.height // factor, stage.width // factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.latent.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.latent.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        return x0

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """For each role: "ids" (L,), the latents "picture.0", "picture.1" ... (C, h, w) in the order in which
        its sentence shows them, and "long", whether any role's sequence is beyond the network's reach.
        """
        latents = self._references(setting)
        sizes = [tokens(*(side * self.latent.factor for side in latent.shape[1:])) for latent in latents]
        said = {
            role: sentence(text, sizes, self.tokenizer)
            for role, text in _texts(setting.plan, len(sizes)).items()
        }
        own = 1 + tokens(setting.stage.height, setting.stage.width)
        long = torch.tensor(int(max(len(row.ids) for row in said.values()) + own > self.reach))
        return {
            role: Condition(
                {
                    "ids": torch.tensor(row.ids),
                    "long": long,
                    **{f"picture.{k}": latents[picture] for k, picture in enumerate(row.pictures)},
                }
            )
            for role, row in said.items()
        }

    def guidance(self, setting: Setting) -> Guidance:
        return guidance(setting, self.name)

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _references(self, setting: Setting) -> tuple[Tensor, ...]:
        """Scaled latents; the encoder's mean, so that all pictures of a plan look at one condition."""
        given = (picture for picture, _ in setting.pictures("reference"))
        return tuple(self.latent.encode(framed(picture, self.longest_px)) for picture in given)


def _texts(plan: Plan, count: int) -> dict[str, str]:
    """What each role's sentence says, of `count` reference pictures."""
    parts = {part(i): shown(piece.content, count) for i, piece in enumerate(plan.parts)}
    texts = {**(parts or {part(0): shown("", count)}), NULL: shown(plan.negative or NEGATIVE, 0)}
    return {**texts, PICTURES: pictured(count)} if count else texts


@dataclass(frozen=True, eq=False)
class OmniGenModel:
    """The network, opened, and what it has read lately."""

    stages: tuple[Sentences, ...]
    net: Any
    kept: Kept
    accepts: frozenset[str] = frozenset({"reference", "start"})

    def key(self, ask: Ask) -> Hashable:
        """Rows whose conditions are equally long share a pass, whatever is in them."""
        return (ask.net, tuple(ask.x.shape), len(ask.condition["ids"]))

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        path, weight = self.stages[0].path, self.net.embed_tokens.weight
        x = torch.stack([ask.x for ask in asks])
        # important: the network's clock begins at noise, a path's ends there.
        clock = torch.tensor([path.clock - path.net_time(ask.t) for ask in asks])
        long = torch.stack([ask.condition["long"] for ask in asks])
        pasts = [self.past(ask.condition) for ask in asks]
        out = look(self.net, x.to(weight.device, weight.dtype), clock.to(weight.device), pasts, long)
        # important: the network's velocity leads to the picture, a flow path's leads to the noise.
        velocity = -out.float().cpu()
        return [Answer(path.x0(ask.x, row, ask.t)) for ask, row in zip(asks, velocity, strict=True)]

    def past(self, condition: Condition) -> Past:
        """Always read as one row, so that nobody's keys and values depend on a neighbour."""
        return self.kept.past(condition.id, partial(read, self.net, condition))

    def close(self) -> None:
        self.kept.clear()
        self.net.to("meta")
        self.stages[0].latent.vae.to("meta")


def open_omnigen(
    repository: Repository, stage: str, longest_px: int, device: str, dtype: str
) -> OmniGenModel:
    """The released folder as a model."""
    net, vae = (repository.load(component, device, dtype) for component in ("transformer", "vae"))
    sentences = Sentences(
        name=stage,
        path=NoisePath("flow", "flow", clock=repository.config("scheduler").get("num_train_timesteps", 1000)),
        latent=latent_of(vae),
        tokenizer=repository.load("tokenizer"),
        longest_px=longest_px,
        reach=net.config.original_max_position_embeddings,
    )
    return OmniGenModel((sentences,), net, Kept(_room_bytes(device)))


def _room_bytes(device: str) -> int:
    """Half of what the device has left, where it can say so."""
    if torch.device(device).type == "cuda":
        return torch.cuda.mem_get_info(device)[0] // 2
    return CACHE_BYTES
