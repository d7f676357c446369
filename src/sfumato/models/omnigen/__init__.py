"""OmniGen v1: one transformer that reads words and pictures in one sentence (Xiao et al. 2024)."""

from pathlib import Path

from sfumato.models._parts.repository import Repository
from sfumato.models.omnigen.family import OmniGen

__all__ = ["OmniGen", "claim"]


def claim(paths: tuple[Path, ...]) -> OmniGen | None:
    """The family over one folder released as an OmniGenPipeline, whose scheduler counts from noise, 0, to the
    picture, 1."""
    if len(paths) != 1 or not paths[0].is_dir():
        return None
    repository = Repository(paths[0])
    if repository.pipeline != "OmniGenPipeline" or not repository.config("scheduler").get("invert_sigmas"):
        return None
    return OmniGen(paths[0])
