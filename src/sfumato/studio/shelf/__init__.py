"""The shelf: models that are open, within a bound of memory."""

from sfumato.studio.shelf.shelf import Open, Shelf
from sfumato.studio.shelf.standing import Standing

__all__ = ["Open", "Shelf", "Standing"]
