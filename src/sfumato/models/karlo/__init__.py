"""Karlo, the open unCLIP (Ramesh et al. 2022): words or pictures as an embedding, painted and enlarged."""

from sfumato.models.karlo.family import Karlo, claim

__all__ = ["Karlo", "claim"]
