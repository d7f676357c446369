"""Four models that between them need everything the engine's types can say."""

from __future__ import annotations

import torch

from sfumato.engine import NoisePath
from sfumato.models.gauss.law import law
from sfumato.models.gauss.model import Gauss, Network, Texture


def cascade(path: NoisePath) -> Gauss:
    """Two stages: "small", and "large", whose mean is a matrix times the small picture, twice as large."""
    reads = torch.tensor([[0.8, 0.2, 0.0], [-0.1, 0.7, 0.3], [0.0, 0.0, 0.9]], dtype=torch.float64)
    networks = {
        "small": Network(law((0.6, 0.4, 0.2), (0, 1, 0.5), (1, 2, 0.9)), path),
        "large": Network(law((0.3, 0.2, 0.1), (0, 2, 0.4)), path, reads=reads),
    }
    return Gauss((Texture("small", path), Texture("large", path, earlier="small")), networks)


def spread(path: NoisePath) -> Gauss:
    """One stage, "base", whose network also tells the exact variance of every step."""
    return Gauss((Texture("base", path),), {"base": Network(law((0.9, 0.5, 0.2)), path, tells_variance=True)})


def pair(path: NoisePath) -> Gauss:
    """One stage, "base", guided away from a second network that knows the data less well."""
    networks = {
        "base": Network(law((0.6, 0.4, 0.2), (0, 1, 0.5)), path),
        "weak": Network(law((0.9, 0.8, 0.5), (0, 1, 0.5)), path),
    }
    return Gauss((Texture("base", path, weak="weak"),), networks)


def words(path: NoisePath) -> Gauss:
    """One stage, "base", whose conditions are as long as their texts."""
    return Gauss((Texture("base", path),), {"base": Network(law((0.6, 0.4, 0.2), (1, 2, 0.7)), path)})
