"""Kandinsky 2 behind the engine's protocols."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from sfumato.engine import Answer, Ask
from sfumato.models._parts.limits import limits_of
from sfumato.models._parts.movq import Movq
from sfumato.models._parts.scheduler import noise_path
from sfumato.models._parts.unclip.clip import open_sight, open_words
from sfumato.models._parts.unclip.embeddings import Embeddings, summed
from sfumato.models._parts.unclip.prior import PriorNetworks, PriorStage
from sfumato.models.kandinsky.decoder import DecoderStage
from sfumato.models.kandinsky.files import Half
from sfumato.models.kandinsky.released import DECODER, PRIOR, reads
from sfumato.models.kandinsky.words import open_multilingual


@dataclass(frozen=True, eq=False)
class KandinskyModel:
    """Both stages, opened."""

    prior: PriorStage
    decoder: DecoderStage
    accepts: frozenset[str]

    @property
    def stages(self) -> tuple[PriorStage, DecoderStage]:
        return (self.prior, self.decoder)

    def key(self, ask: Ask) -> Hashable:
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        return self.prior.answer(asks) if asks[0].net == PRIOR else self.decoder.answer(asks)

    def close(self) -> None:
        for network in (*_networks(self.prior.networks), self.decoder.unet, self.decoder.space.vq):
            network.to("meta")
        if self.decoder.words:
            self.decoder.words.encoder.to("meta")


def open_kandinsky(
    prior: Half, decoder: Half, accepts: frozenset[str], device: str, dtype: str
) -> KandinskyModel:
    """All networks of both halves."""
    sight = open_sight(prior, "image_processor", device, dtype)
    networks = PriorNetworks(prior.load("prior", device, dtype), open_words(prior, device, dtype), sight)
    first, second = prior.config("scheduler"), decoder.config("scheduler")
    stage = PriorStage(PRIOR, networks, noise_path(first), limits_of(first))
    return KandinskyModel(
        stage,
        DecoderStage(
            name=DECODER,
            unet=decoder.load("unet", device, dtype),
            space=Movq(decoder.load("movq", device, dtype)),
            embeddings=Embeddings(stage, sight, lambda: sight.nothing, summed),
            path=noise_path(second),
            limits=limits_of(second),
            words=open_multilingual(decoder, device, dtype) if reads(decoder.config("unet")) else None,
            learned=second.get("variance_type") == "learned_range",
            ends_noisy=not second.get("set_alpha_to_one", True),
        ),
        accepts,
    )


def _networks(prior: PriorNetworks) -> tuple[Any, ...]:
    sight = (prior.sight.encoder,) if prior.sight else ()
    return (prior.transformer, prior.words.encoder, *sight)
