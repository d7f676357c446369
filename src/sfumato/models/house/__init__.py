"""The house model: a cascade of two small networks that this project trained, in the package."""

from sfumato.models.house.family import House

FAMILY = House()

__all__ = ["FAMILY", "House"]
