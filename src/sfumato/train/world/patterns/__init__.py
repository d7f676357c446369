"""Pictures made of repetition or of shapes alone."""

from sfumato.train.world.patterns.abstract import paint_abstract
from sfumato.train.world.patterns.geometric import paint_geometric
from sfumato.train.world.patterns.repeated import paint_pattern

__all__ = ["paint_abstract", "paint_geometric", "paint_pattern"]
