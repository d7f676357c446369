"""Kandinsky 2.1 and 2.2: a prior that turns words into an image embedding, and a decoder that paints it."""

from sfumato.models.kandinsky.claim import claim
from sfumato.models.kandinsky.family import Kandinsky

__all__ = ["Kandinsky", "claim"]
