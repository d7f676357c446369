"""The one error of this floor."""

from __future__ import annotations


class PlanError(ValueError):
    """A plan cannot be made or read; the message is a sentence for the person who asked for it."""
