"""A tiny model in the released layout, and places to add it to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from sfumato.studio.collection import Collection, Hub
from test_collection.hub import Fake, serving
from tinies import flux

NAME = "someone/Tiny-FLUX"
CARD = "---\nlicense: other\nlicense_name: tiny-license\nlicense_link: LICENSE.md\n---\n# Tiny\n"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FLUX.1 dev at tiny size, with all that lies beside weights in released repositories."""
    folder = flux.dev(tmp_path_factory.mktemp("hub") / "tiny-flux")[0]
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    (folder / "vae" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04" + bytes(5000))
    (folder / "flux1-tiny.ckpt").write_bytes(b"\x80\x04" + bytes(5000))
    (folder / "safety_checker").mkdir()
    save_file({"a": torch.zeros(4)}, folder / "safety_checker" / "model.safetensors")
    save_file({"a": torch.zeros(4)}, folder / "vae" / "diffusion_pytorch_model.fp16.safetensors")
    save_file({"a": torch.zeros(4)}, folder / "flux1-tiny.safetensors")
    return folder


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub of these tests is on this machine."""
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


@pytest.fixture
def to(tmp_path: Path) -> Collection:
    return Collection(tmp_path / "models")


@pytest.fixture
def fake(tiny: Path) -> Fake:
    return Fake({NAME: tiny})


@pytest.fixture
def hub(fake: Fake) -> Iterator[Hub]:
    with serving(fake) as address:
        yield Hub(address, "no-secret")


def weights(folder: Path) -> list[str]:
    """The weight files that an index names."""
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    return sorted(
        str(own.relative_to(folder)) for own in folder.glob("*/*.safetensors") if own.parent.name in index
    )
