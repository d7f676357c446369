"""What is refused before it is queued."""

from __future__ import annotations


class Refused(ValueError):
    """It cannot, or may not, be made; the message says why, one sentence a line."""
