"""What is named beside a model of this kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from sfumato.models._parts.adapter_file import require_adapter
from sfumato.models._parts.decoder_file import is_decoder
from sfumato.models._parts.rungs.release import is_upscaler
from sfumato.models._parts.unet.vocabulary import has_words
from sfumato.models.family import UnknownModel


class Companions(NamedTuple):
    """words     at most one folder of tokenizers
    adapters  the rest, in order
    decoder   of latents
    upscaler  which makes the finished picture larger
    """

    words: tuple[Path, ...]
    adapters: tuple[Path, ...]
    decoder: Path | None
    upscaler: Path | None


def companions(paths: Iterable[Path], models: Collection[Path]) -> Companions | None:
    """What stands beside these models; None where there are several folders of tokenizers, or upscalers.

    Raises UnknownModel where something is no adapter, or there are two decoders.
    """
    rest = [path for path in paths if path not in models]
    words = tuple(path for path in rest if has_words(path))
    decoders = [path for path in rest if is_decoder(path)]
    upscalers = [path for path in rest if is_upscaler(path)]
    adapters = tuple(path for path in rest if path not in (*words, *decoders, *upscalers))
    if len(words) > 1 or len(upscalers) > 1:
        return None
    if len(decoders) > 1:
        names = " and ".join(path.name for path in decoders)
        raise UnknownModel(f"{names} both decode latents, which one alone can do: leave one out.")
    for path in adapters:
        require_adapter(path)
    return Companions(words, adapters, next(iter(decoders), None), next(iter(upscalers), None))
