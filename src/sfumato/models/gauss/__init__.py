"""Witnesses: models of Gaussian data, whose best denoiser is known exactly. They draw only noise."""

from sfumato.models.gauss.model import Gauss
from sfumato.models.gauss.witnesses import cascade, pair, spread, words

__all__ = ["Gauss", "cascade", "pair", "spread", "words"]
