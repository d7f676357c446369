"""Kandinsky 2.2 behind the engine's protocols."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sfumato.engine import Answer, Ask
from sfumato.models._parts.scheduler import noise_path
from sfumato.models.kandinsky.decoder import DecoderStage
from sfumato.models.kandinsky.files import Half
from sfumato.models.kandinsky.limits import limits_of
from sfumato.models.kandinsky.movq import Movq
from sfumato.models.kandinsky.prior import PriorNetworks, PriorStage
from sfumato.models.kandinsky.released import DECODER, PRIOR, scheduler


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
        networks = self.prior.networks
        for network in (networks.transformer, networks.text_encoder, networks.image_encoder):
            network.to("meta")
        for network in (self.decoder.unet, self.decoder.space.vq):
            network.to("meta")


def open_kandinsky(
    prior: Half, decoder: Half, accepts: frozenset[str], device: str, dtype: str
) -> KandinskyModel:
    """All networks of both halves."""
    networks = open_networks(prior, device, dtype)
    first, second = scheduler(prior), scheduler(decoder)
    return KandinskyModel(
        PriorStage(PRIOR, networks, noise_path(first), limits_of(first)),
        DecoderStage(
            name=DECODER,
            unet=decoder.load("unet", device, dtype),
            space=Movq(decoder.load("movq", device, dtype)),
            prior=(PRIOR, networks),
            path=noise_path(second),
            limits=limits_of(second),
            learned=second.get("variance_type") == "learned_range",
        ),
        accepts,
    )


def open_networks(prior: Half, device: str, dtype: str) -> PriorNetworks:
    """The prior's half."""
    import transformers

    # The kind that works on Pillow alone gives the same numbers everywhere; older versions have no other.
    usual, pillow = "CLIPImageProcessor", "CLIPImageProcessorPil"
    chosen = pillow if hasattr(transformers, pillow) else usual
    return PriorNetworks(
        transformer=prior.load("prior", device, dtype),
        text_encoder=prior.load("text_encoder", device, dtype),
        tokenizer=prior.load("tokenizer", device, dtype),
        image_encoder=prior.load("image_encoder", device, dtype),
        image_processor=prior.load("image_processor", device, dtype, f"transformers.{chosen}"),
    )
