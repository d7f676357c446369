"""Models that look whether a finished picture may be shown: no family, they paint nothing."""

from sfumato.models.safety.claim import Checker, checker_at
from sfumato.models.safety.look import open_checker

__all__ = ["Checker", "checker_at", "open_checker"]
