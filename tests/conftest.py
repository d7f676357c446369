"""What every test shares: the root of the tree, steady hypothesis settings, and no downloads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A busy machine must not fail a property; in CI the examples are the same every time.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root folder of the tree under test."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Neither this person's settings nor a server that runs on this machine have a part in a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SFUMATO_SETTINGS", os.devnull)
        patch.setenv("SFUMATO_DATA", str(tmp_path_factory.mktemp("data")))
        yield
