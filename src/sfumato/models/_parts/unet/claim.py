"""What is named beside a model of this kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from sfumato.models._parts.adapter_file import require_adapter
from sfumato.models._parts.unet.vocabulary import has_words


class Companions(NamedTuple):
    """words: at most one folder of tokenizers; adapters: the rest, in order."""

    words: tuple[Path, ...]
    adapters: tuple[Path, ...]


def companions(paths: Iterable[Path], models: Collection[Path]) -> Companions | None:
    """What stands beside these models; None where there are several folders of tokenizers.

    Raises UnknownModel where something is no adapter.
    """
    rest = [path for path in paths if path not in models]
    words = tuple(path for path in rest if has_words(path))
    adapters = tuple(path for path in rest if path not in words)
    if len(words) > 1:
        return None
    for path in adapters:
        require_adapter(path)
    return Companions(words, adapters)
