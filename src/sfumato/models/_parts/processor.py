"""How pictures are made ready for networks that look at them."""

from __future__ import annotations


def by_pillow(kind: str) -> str:
    """A processor's class in transformers that works on Pillow alone: it gives the same numbers everywhere.

    Older versions have one class of each kind.
    """
    import transformers

    pillow = f"{kind}Pil"
    return pillow if hasattr(transformers, pillow) else kind
