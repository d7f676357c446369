"""Karlo behind the engine's protocols."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from sfumato.engine import Answer, Ask
from sfumato.models._parts.limits import limits_of
from sfumato.models._parts.scheduler import noise_path
from sfumato.models._parts.unclip.clip import Sight, Words, open_sight, open_words
from sfumato.models._parts.unclip.prior import PriorNetworks, PriorStage
from sfumato.models.karlo.decoder import DecoderStage
from sfumato.models.karlo.enlarger import EnlargerStage, ends
from sfumato.models.karlo.painted import Painted, rows
from sfumato.models.karlo.released import DECODER, PRIOR, SUPER, Release
from sfumato.models.karlo.sphere import between

PROJECTION = "diffusers.pipelines.deprecated.unclip.text_proj.UnCLIPTextProjModel"


@dataclass(frozen=True, eq=False)
class KarloModel:
    """Its stages, opened; `prior` is None where only pictures are varied."""

    prior: PriorStage | None
    decoder: DecoderStage
    enlarger: EnlargerStage
    accepts: frozenset[str]

    @property
    def stages(self) -> tuple[PriorStage | DecoderStage | EnlargerStage, ...]:
        own = (self.decoder, self.enlarger)
        return (self.prior, *own) if self.prior else own

    def key(self, ask: Ask) -> Hashable:
        last = ask.net == SUPER and ends(ask)
        return (ask.net, tuple(ask.x.shape), ask.condition.shapes, last)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        stage = next(stage for stage in self.stages if stage.name == asks[0].net)
        return stage.answer(asks)

    def close(self) -> None:
        for network in self._networks():
            network.to("meta")

    def _networks(self) -> tuple[Any, ...]:
        decoder, sight = self.decoder, self.decoder.embeddings.sight
        prior = (self.prior.networks.transformer,) if self.prior else ()
        seen = (sight.encoder,) if sight else ()
        own = (decoder.unet, decoder.projection, decoder.words.encoder)
        return (*prior, *own, *seen, self.enlarger.first, self.enlarger.last)


def open_karlo(release: Release, accepts: frozenset[str], device: str, dtype: str) -> KarloModel:
    """All networks of one release or both."""
    words = open_words(release.home, device, dtype)
    sight = open_sight(release.eye, "feature_extractor", device, dtype) if release.eye else None
    prior = _prior(release, words, sight, device, dtype) if release.words else None
    decoder = _decoder(release, prior, words, sight, device, dtype)
    return KarloModel(prior, decoder, _enlarger(release, device, dtype), accepts)


def _prior(release: Release, words: Words, sight: Sight | None, device: str, dtype: str) -> PriorStage:
    said = release.scheduler(PRIOR)
    networks = PriorNetworks(release.home.load("prior", device, dtype), words, sight)
    return PriorStage(PRIOR, networks, noise_path(said), limits_of(said), rows)


def _decoder(
    release: Release, prior: PriorStage | None, words: Words, sight: Sight | None, device: str, dtype: str
) -> DecoderStage:
    said = release.scheduler(DECODER)
    projection = release.home.load("text_proj", device, dtype, PROJECTION)

    def nothing() -> Tensor:
        """The embedding that was learned for no picture."""
        return projection.learned_classifier_free_guidance_embeddings.float().cpu()

    return DecoderStage(
        name=DECODER,
        unet=release.home.load("decoder", device, dtype),
        projection=projection,
        words=words,
        embeddings=Painted(prior, sight, nothing, between),
        path=noise_path(said),
        limits=limits_of(said),
        learned=said.get("variance_type") == "learned_range",
    )


def _enlarger(release: Release, device: str, dtype: str) -> EnlargerStage:
    said = release.scheduler(SUPER)
    first, last = (release.home.load(f"super_res_{place}", device, dtype) for place in ("first", "last"))
    return EnlargerStage(SUPER, first, last, release.factor, noise_path(said), limits_of(said))
