"""The decoder: from an image embedding to a picture, by diffusion in the space of MoVQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from sfumato.engine import NULL, Answer, Ask, Condition, Guidance, NoisePath, Setting, from_start, part
from sfumato.models._parts.limits import Limits
from sfumato.models._parts.movq import Movq
from sfumato.models._parts.unclip.embeddings import Embeddings
from sfumato.models._parts.unclip.prior import guided
from sfumato.models._parts.unclip.rows import heard
from sfumato.models.kandinsky.known import Finishing, known
from sfumato.models.kandinsky.released import hinted, inpaints
from sfumato.models.kandinsky.words import Multilingual
from sfumato.plan import Plan, StagePlan


@dataclass(frozen=True, eq=False)
class DecoderStage:
    """x is a latent of MoVQ. The U-Net of 2.1 sees an image embedding and a text, that of 2.2 no text.

    embeddings  what it paints
    words       what it reads a text with; None where it reads none
    learned     whether the released sampler takes the variance of a step from the U-Net
    ends_noisy  whether the released last step ends at the noise table's first entry, not at the clean latent
    """

    name: str
    unet: Any
    space: Movq
    embeddings: Embeddings
    path: NoisePath
    limits: Limits
    words: Multilingual | None = None
    learned: bool = True
    ends_noisy: bool = False

    @property
    def inpaints(self) -> bool:
        return inpaints(self.unet.config)

    @property
    def hinted(self) -> bool:
        return hinted(self.unet.config)

    @property
    def puts_back(self) -> bool:
        """Whether what inpainting knows is put back at every step: 2.1 only looks at it, as released."""
        return self.inpaints and self.words is None

    def shape(self, plan: Plan, stage: StagePlan) -> tuple[int, ...]:
        return (self.space.channels, stage.height // self.space.factor, stage.width // self.space.factor)

    def encode(self, picture: Tensor) -> Tensor:
        return self.space.encode(picture)

    def decode(self, x: Tensor) -> Tensor:
        return self.space.decode(x)

    def limit(self, x0: Tensor) -> Tensor:
        """Where something is done to x0 after it is limited, the guidance has limited it."""
        return x0 if self.puts_back or self.ends_noisy else self.limits.apply(x0)

    def conditions(self, setting: Setting) -> Mapping[str, Condition]:
        """embedding (D,); in 2.1 states (77, E) and pooled (D,) of the text.

        Beside them hint (3, H, W) in [0, 1], or known (C, h, w) and keep (1, h, w).
        """
        seen = self._seen(setting)
        wanted = {**seen, "embedding": self.embeddings.wanted(setting)}
        null = {**seen, "embedding": self.embeddings.null(setting)}
        texts = heard(setting.plan) if self.words else ("",)
        own = {part(i): {**wanted, **self._read(setting, text)} for i, text in enumerate(texts)}
        own[NULL] = {**null, **self._read(setting, setting.plan.negative)}
        return {role: Condition(entries) for role, entries in own.items()}

    def guidance(self, setting: Setting) -> Guidance:
        """One embedding holds all parts of the prompt; what 2.1 reads beside it is read part by part."""
        usual = guided(setting, self.name)
        if self.words is None:
            usual = replace(usual, weights={part(0): 1.0})
        if not (self.puts_back or self.ends_noisy):
            return usual
        held = known(setting, self.space) if self.puts_back else None
        return Finishing(usual, self.limits, held, self._last(setting))

    def begin(self, setting: Setting) -> Tensor | None:
        return from_start(self, setting)

    def _last(self, setting: Setting) -> float | None:
        """The time of the look after which the released sampler ends in noise; other samplers do not."""
        ends = self.ends_noisy and setting.stage.sampler == "ddim"
        return setting.ladder.times[-2] if ends else None

    def _read(self, setting: Setting, text: str) -> dict[str, Tensor]:
        return setting.once((self.name, text), partial(self.words.read, text)) if self.words else {}

    def _seen(self, setting: Setting) -> dict[str, Tensor]:
        if self.inpaints:
            region = known(setting, self.space)
            return {"known": region.latent, "keep": region.keep}
        hint = setting.picture("hint")
        return {"hint": (hint + 1) / 2} if self.hinted and hint is not None else {}

    @torch.no_grad()
    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Asks of one shape."""
        unet, channels = self.unet, self.space.channels
        entries = {
            name: torch.stack([ask.condition[name] for ask in asks]).to(unet.device, unet.dtype)
            for name in asks[0].condition.entries
        }
        x = torch.stack([ask.x for ask in asks]).to(unet.device, unet.dtype)
        beside = [entries[name] for name in ("known", "keep") if name in entries]
        added = {their: entries[ours] for their, ours in ADDED if ours in entries}
        out = unet(
            torch.cat([x, *beside], dim=1),  # (B, C + C + 1, h, w) when inpainting
            torch.tensor([self.path.net_time(ask.t) for ask in asks], device=unet.device),
            encoder_hidden_states=entries.get("states"),
            added_cond_kwargs=added,
        ).sample
        return [
            Answer(self.path.x0(ask.x, row[:channels], ask.t), self._variance(row[channels:]))
            for ask, row in zip(asks, out.float().cpu(), strict=True)
        ]

    def _variance(self, raw: Tensor) -> Tensor | None:
        return (raw + 1) / 2 if self.learned else None


ADDED = (("image_embeds", "embedding"), ("text_embeds", "pooled"), ("hint", "hint"))
"""What the U-Net calls the entries of a condition that it is given beside x."""
