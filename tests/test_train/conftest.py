"""The atlas, drawn once on a machine."""

from __future__ import annotations

import pytest

from sfumato.train.world.atlas import Atlas, open_atlas


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return open_atlas()
