"""What can be added to these networks: LoRA, ControlNet, IP-Adapter, learned words.

No torch until `open_adapters`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfumato.models._parts.adapter_file import (
    CONTROL,
    IMAGE,
    LORA,
    WORD,
    fingerprint_of,
    is_encoder,
    kind_of,
    require_adapter,
)
from sfumato.models._parts.embedding_file import is_said
from sfumato.models._parts.hints import HINT, hint_notes, hint_refusals, used

if TYPE_CHECKING:
    from torch import Tensor

    from sfumato.engine import Ask, Setting
    from sfumato.models._parts.control import Control
    from sfumato.models._parts.image_prompt import ImagePrompt
    from sfumato.models._parts.lora import Converted, Converter, Layers
    from sfumato.models._parts.unet.taught import Word
    from sfumato.models._parts.unet.text import Reads
    from sfumato.plan import Plan

UNET = "unet"  # as LoRA files name it
REFERENCE = "reference"
AMOUNT, TOKENS = "amount", "tokens"  # and hint: what a condition's entries end in
SILENT = "silent"


def adapter_kind(path: Path) -> str | None:
    """ "lora", "control", "image" (an IP-Adapter, or its image encoder's folder), "word"; None for others."""
    return kind_of(path)


def adapter_fingerprint(path: Path) -> str:
    """What plans name the adapter by. Raises UnknownModel or FileNotFoundError with what to do."""
    return fingerprint_of(path)


def adapter_refusals(plan: Plan, paths: Sequence[Path], stage: str, hints: int = 0) -> tuple[str, ...]:
    """Why these adapters, opened for the network of this stage, cannot do what the plan says.

    hints  how many hints that network reads itself
    """
    refusals = [
        f"Stage {other.name} takes no adapters: give them to stage {stage}."
        for other in plan.stages
        if other.name != stage and other.adapters
    ]
    refusals += hint_refusals(plan, paths, stage, hints)
    if _looks_at_pictures(plan) and not used(plan, paths, stage, IMAGE):
        refusals.append(
            f"A picture is given as {REFERENCE}, but the plan uses no IP-Adapter: name one, or leave it out."
        )
    return tuple(refusals)


def adapter_notes(plan: Plan, paths: Sequence[Path], stage: str, own: int = 0) -> tuple[str, ...]:
    """Which of the plan's adapters have no picture to read, and so do nothing."""
    notes = list(hint_notes(plan, paths, stage, own))
    if used(plan, paths, stage, IMAGE) and not _looks_at_pictures(plan):
        notes.append("Without a picture with the role reference, this plan's IP-Adapter will have no effect.")
    return (*notes, *_unsaid(plan, paths, stage))


def _looks_at_pictures(plan: Plan) -> bool:
    return any(item.role == REFERENCE for item in plan.inputs)


def _unsaid(plan: Plan, paths: Sequence[Path], stage: str) -> Iterator[str]:
    """Which learned words the plan's texts do not name."""
    texts = (*(piece.content for piece in plan.parts), plan.negative)
    used = {adapter.weights for own in plan.stages if own.name == stage for adapter in own.adapters}
    words = [path for path in paths if kind_of(path) == WORD and fingerprint_of(path) in used]
    if unsaid := [f"<{path.stem}>" for path in words if not is_said(path, texts)]:
        names = ", ".join(unsaid)
        yield f"No text says {names}: what was learned for it has no effect. Write it in the prompt."


def open_adapters(
    paths: tuple[Path, ...], unet: Any, encoders: Mapping[str, Any], device: str, dtype: str, hints: int = 0
) -> Adapters:
    """The adapters in these files and folders, for these networks.

    encoders  the text encoders under their names in LoRA files: text_encoder, text_encoder_2
    hints     how many of a plan's hints the U-Net reads itself, before any ControlNet does

    Raises UnknownModel when one is of a kind not known here, or was made for another model.
    """
    from sfumato.models._parts.control import open_control
    from sfumato.models._parts.image_prompt import open_image_prompt
    from sfumato.models._parts.loras import open_lora
    from sfumato.models._parts.unet.taught import read_word

    kinds = {path: require_adapter(path) for path in paths}
    lookers = tuple(path for path in paths if is_encoder(path))
    loras, controls, images, words = {}, {}, {}, {}
    for path, kind in kinds.items():
        if kind == LORA:
            loras[fingerprint_of(path)] = open_lora(path, {UNET: unet, **encoders}, _converter(unet), dtype)
        elif kind == CONTROL:
            controls[fingerprint_of(path)] = open_control(path, unet, device, dtype)
        elif kind == WORD:
            words[fingerprint_of(path)] = (path, read_word(path, tuple(encoders)))
        elif path not in lookers:
            images[fingerprint_of(path)] = open_image_prompt(path, lookers, unet, device, dtype)
    silent = frozenset(fingerprint_of(path) for path in lookers)
    return Adapters(unet, encoders, loras, controls, images, silent, hints, words)


def _converter(unet: Any) -> Converter:
    def convert(tensors: dict[str, Tensor]) -> Converted:
        from diffusers.loaders import lora_pipeline

        is_large = unet.config.get("addition_embed_type") == "text_time"
        kind = "StableDiffusionXLLoraLoaderMixin" if is_large else "StableDiffusionLoraLoaderMixin"
        loader = getattr(lora_pipeline, kind)
        converted, alphas, *_ = loader.lora_state_dict(tensors, unet_config=unet.config)
        return converted, alphas or {}

    return convert


@dataclass(frozen=True, eq=False)
class Adapters:
    """Opened adapters by fingerprint. They act on the networks inside `answering` and `reading` only.

    silent  fingerprints of image encoders, which act through their IP-Adapter: a plan may name them, since
            they decide pixels
    hints   how many of the plan's hints the U-Net reads itself, before the first ControlNet's
    words   what was learned for a word, and the file that says how it is called
    """

    unet: Any
    encoders: Mapping[str, Any]
    loras: Mapping[str, Mapping[str, Layers]] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)
    images: Mapping[str, ImagePrompt] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    hints: int = 0
    words: Mapping[str, tuple[Path, Word]] = field(default_factory=dict)

    def entries(self, setting: Setting, role: str) -> dict[str, Tensor]:
        """What every condition of this stage has in addition; empty where the stage's plan has no adapters.

        KIND.PLACE.FINGERPRINT.amount (3,)           scale, low, high: it acts while low < t <= high
        KIND.PLACE.FINGERPRINT.hint   (3, H, W)      a ControlNet's picture in [0, 1]
        KIND.PLACE.FINGERPRINT.tokens (N, D)         an IP-Adapter's pictures, in the null those of no picture

        The n-th ControlNet reads the n-th hint, and its scale is multiplied by that input's weight. Every
        IP-Adapter reads all references, and its scale is multiplied by their mean weight. One without a
        picture has no entries.
        """
        from sfumato.models._parts.strength import amount

        found: dict[str, Tensor] = {}
        for place, adapter in enumerate(setting.stage.adapters):
            kind = self._kind(adapter.weights)
            read = self._read(setting, place, role)
            if read is None:
                continue
            name = f"{kind}.{place}.{adapter.weights}"
            found[f"{name}.{AMOUNT}"] = amount(adapter, setting, read.weight)
            found |= {f"{name}.{what}": tensor for what, tensor in read.seen.items()}
        return found

    def readers(self, setting: Setting, readers: Sequence[Reads]) -> tuple[Reads, ...]:
        """The readers of texts, the encoders in their order, who know the stage's learned words too.

        Their vectors are multiplied by the scale, whatever the interval, unless that is empty.
        """
        from sfumato.models._parts.unet.taught import taught

        active = {
            path: {encoder: vectors * adapter.scale for encoder, vectors in word.items()}
            for adapter in setting.stage.adapters
            if adapter.scale and adapter.interval[0] < adapter.interval[1] and adapter.weights in self.words
            for path, word in (self.words[adapter.weights],)
        }
        named = zip(readers, self.encoders, strict=True)
        return tuple(taught(reader, encoder, active) for reader, encoder in named)

    def reading(self, setting: Setting) -> AbstractContextManager[None]:
        """While it lasts, the stage's LoRAs act on the text encoders: see `Loras.reading`."""
        from sfumato.models._parts.loras import Loras

        return Loras({UNET: self.unet, **self.encoders}, self.loras, UNET).reading(setting)

    @contextmanager
    def answering(
        self, asks: Sequence[Ask], x: Tensor, times: Tensor, tokens: Tensor, added: Mapping[str, Tensor]
    ) -> Iterator[dict[str, Any]]:
        """While it lasts, every row's adapters act on the U-Net; gives what to call it with in addition.

        asks    of one key, one for each row
        x       (B, C, H, W) as the U-Net sees it: scaled, and with what is stacked behind it
        times   (B,) the U-Net's clock
        tokens  (B, L, D); added {name: (B, ...)}

        Each row gets its own strengths; with none, it is the same to the last bit as without adapters.
        """
        from sfumato.models._parts.control import Look, summed
        from sfumato.models._parts.image_prompt import Seen, looking
        from sfumato.models._parts.lora import acting

        loras, seen, residuals = [], [], []
        for kind, weights, strength, given in _rows(asks):
            if kind == LORA and UNET in self.loras[weights]:
                loras.append((self.loras[weights][UNET], strength))
            elif kind == IMAGE:
                seen.append(Seen(self.images[weights].keys, given[TOKENS], strength))
            elif kind == CONTROL and strength.any():
                look = Look(x, times, tokens, added)
                residuals.append(self.controls[weights].residuals(look, given[HINT], strength))
        with acting(self.unet, loras), looking(self.unet, seen):
            yield summed(residuals)

    def close(self) -> None:
        """Gives the adapters' memory back."""
        for lora in self.loras.values():
            for layers in lora.values():
                layers.to("meta")
        for opened in (*self.controls.values(), *self.images.values()):
            opened.close()

    def _kind(self, weights: str) -> str:
        for kind, opened in ((LORA, self.loras), (CONTROL, self.controls), (IMAGE, self.images)):
            if weights in opened:
                return kind
        if weights in self.silent or weights in self.words:
            return SILENT
        raise ValueError(f"the plan uses an adapter ({weights[:12]}…) that is not open: name its file too.")

    def _read(self, setting: Setting, place: int, role: str) -> Read | None:
        """What the adapter at this place of the stage reads; None where there is no picture for it."""
        from sfumato.engine import NULL

        adapters = setting.stage.adapters
        weights, kind = adapters[place].weights, self._kind(adapters[place].weights)
        if kind == LORA:
            return Read(1.0, {})
        if kind == CONTROL:
            earlier = sum(adapter.weights in self.controls for adapter in adapters[:place])
            before = self.hints + earlier
            hints = setting.inputs(HINT)[before : before + 1]
            hint = self.controls[weights].entry(setting, hints[0]) if hints else None
            return None if hint is None else Read(hints[0].weight, {HINT: hint})
        given = setting.pictures(REFERENCE)
        if kind == SILENT or not given:
            return None
        pictures = [item.picture for item in given]
        mean = fsum(item.weight for item in given) / len(given)
        return Read(mean, {TOKENS: self.images[weights].entry(pictures, role == NULL)})


class Read(NamedTuple):
    """What one adapter reads in one picture: the weight of its inputs, and entries by name."""

    weight: float
    seen: Mapping[str, Tensor]


class Row(NamedTuple):
    """One adapter in a batch: its strength in each row (B,), and what each row reads, {name: (B, ...)}."""

    kind: str
    weights: str
    strength: Tensor
    seen: Mapping[str, Tensor]


def _rows(asks: Sequence[Ask]) -> Iterator[Row]:
    """Every adapter that the asks' conditions name, in the plan's order."""
    import torch

    from sfumato.models._parts.strength import strengths

    entries = asks[0].condition.entries
    names = [name.removesuffix(f".{AMOUNT}") for name in entries if name.endswith(f".{AMOUNT}")]
    for name in sorted(names, key=lambda name: int(name.split(".")[1])):
        kind, _, weights = name.split(".")
        seen = {
            what: torch.stack([ask.condition[f"{name}.{what}"] for ask in asks])
            for what in (HINT, TOKENS)
            if f"{name}.{what}" in entries
        }
        yield Row(kind, weights, strengths(asks, f"{name}.{AMOUNT}"), seen)
