"""Kandinsky 3 (Arkhipkin et al. 2023): Flan-UL2 reads the words, one U-Net paints, with no prior between."""

from sfumato.models.kandinsky3.family import Kandinsky3, claim

__all__ = ["Kandinsky3", "claim"]
