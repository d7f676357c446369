"""Inception-v3 for Fréchet distances: numbers of pytorch-fid's own network, and files that are not its
own."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from sfumato.train.metrics.inception import FEATURES, Inception, inception_features, open_inception

# Every 341st feature of two pictures by pytorch-fid 0.3.0 (its FIDInception blocks in torchvision 0.29's
# inception_v3) with the weights that `drawn` gives, in float32.
EXPECTED = (
    (0.09991, 0.16565, 0.07506, 0.0, 1.00761, 0.00015, 0.05648),
    (0.10394, 0.16549, 0.08055, 0.0, 1.00998, 0.0, 0.05712),
)


def drawn() -> dict[str, torch.Tensor]:
    """Weights that follow from each tensor's name alone, so that two implementations can have the same."""
    told = {}
    for name, tensor in Inception().state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        rng = np.random.Generator(np.random.Philox(crc32(name.encode())))
        values = torch.from_numpy(rng.standard_normal(tensor.shape, dtype=np.float32))
        if name.endswith("running_var"):
            told[name] = 1 + 0.2 * values.abs()
        elif name.endswith("bn.weight"):
            told[name] = 1 + 0.1 * values
        elif name.endswith("conv.weight"):
            told[name] = values * (2 / values[0].numel()) ** 0.5
        else:
            told[name] = 0.1 * values
    return told


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inception") / "inception.safetensors"
    unused = {
        "fc.weight": torch.zeros(1008, FEATURES),
        "fc.bias": torch.zeros(1008),
    }  # both releases have them
    save_file({**drawn(), **unused}, path)
    return path


def test_features_are_those_of_pytorch_fid(weights: Path) -> None:
    pictures = [
        np.random.Generator(np.random.Philox(seed)).integers(0, 256, (60 + 20 * seed, 90, 3), dtype=np.uint8)
        for seed in range(2)
    ]
    features = inception_features(open_inception(weights), pictures)
    assert features.shape == (2, FEATURES)
    assert np.allclose(features[:, ::341], EXPECTED, atol=2e-4)


def test_a_file_of_another_network_is_named(weights: Path, tmp_path: Path) -> None:
    told = drawn()
    del told["Mixed_7c.branch_pool.conv.weight"]
    save_file(told, tmp_path / "less.safetensors")
    with pytest.raises(ValueError, match=r"less.*Mixed_7c\.branch_pool"):
        open_inception(tmp_path / "less.safetensors")
    save_file({**drawn(), "layer4.weight": torch.zeros(1)}, tmp_path / "more.safetensors")
    with pytest.raises(ValueError, match="layer4"):
        open_inception(tmp_path / "more.safetensors")


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "pt_inception.pth"
    torch.save({"conv": torch.zeros(1)}, path)
    with pytest.raises(ValueError, match="pickle"):
        open_inception(path)
