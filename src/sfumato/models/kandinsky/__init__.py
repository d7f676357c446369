"""Kandinsky 2.2: a prior that turns words into an image embedding, and a decoder that paints it."""

from sfumato.models.kandinsky.family import Kandinsky
from sfumato.models.kandinsky.files import claim

__all__ = ["Kandinsky", "claim"]
