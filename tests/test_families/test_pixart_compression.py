"""Keys and values of PixArt-Σ made fewer: against an implementation of its own, token by token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from torch import Tensor, nn

from sfumato.models.pixart import PixArt, claim
from sfumato.models.pixart.compression import Compress, compressing, layers_of
from tinies import pixart as tiny
from tinies.beside import STEPS, Beside, open_beside
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.parts import redraw
from tinies.pixart import painted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


def fewer(tokens: Tensor, state: dict[str, Tensor], grid: tuple[int, int]) -> Tensor:
    """(N, C) as (N / 4, C): 2 x 2 squares weighed channel by channel, then normed. Written out by hand."""
    height, width = grid
    rows = []
    for row in range(0, height - 1, 2):
        for column in range(0, width - 1, 2):
            square = [tokens[(row + i) * width + column + j] for i in (0, 1) for j in (0, 1)]
            weights = state["sr.weight"].reshape(-1, 4)  # (C, 4)
            mixed = sum(token * weights[:, k] for k, token in enumerate(square)) + state["sr.bias"]
            normed = (mixed - mixed.mean()) / (mixed.var(unbiased=False) + 1e-5).sqrt()
            rows.append(normed * state["norm.weight"] + state["norm.bias"])
    return torch.stack(rows)


def attended(attn: Any, x: Tensor, state: dict[str, Tensor], grid: tuple[int, int]) -> Tensor:
    """Self-attention (B, N, C), head by head and row by row."""
    out = []
    for row in x:
        queries, keys, values = attn.to_q(row), attn.to_k(row), attn.to_v(row)
        keys, values = fewer(keys, state, grid), fewer(values, state, grid)
        size = queries.shape[1] // attn.heads
        heads = []
        for head in range(attn.heads):
            own = slice(head * size, (head + 1) * size)
            scores = (queries[:, own] @ keys[:, own].T / size**0.5).softmax(1)
            heads.append(scores @ values[:, own])
        out.append(attn.to_out[0](torch.cat(heads, dim=1)))
    return torch.stack(out)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    paths = tiny.compressed(tmp_path_factory.mktemp("compressed"))
    return open_beside(paths, diffusers.PixArtSigmaPipeline, painted)


@pytest.fixture
def compressed(both: Beside, monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """Theirs with the attention above in the block that is compressed."""
    stage = both.plans[0].stages[0]
    grid = (stage.height // tiny.FACTOR // 2, stage.width // tiny.FACTOR // 2)
    (layer,) = tiny.layers().values()
    attn = both.pipe.transformer.transformer_blocks[tiny.COMPRESSED[0]].attn1
    monkeypatch.setattr(attn, "forward", lambda x, **_: attended(attn, x, layer.state_dict(), grid))
    yield both


def test_whole_pictures_agree(both: Beside, compressed: Beside) -> None:
    flown = fly(both.model, both.plans)
    assert flown.rows == (4,) * STEPS
    for number, x in enumerate(flown.x):
        assert gap(x, compressed.theirs(number)) < PARITY


def test_without_it_another_picture_comes(both: Beside) -> None:
    assert both.apart(both.theirs(0)) > MOVED


def test_the_network_is_left_as_it_was(both: Beside) -> None:
    transformer, layers = both.model.look.transformer, both.model.look.layers
    before = dict(transformer.attn_processors)
    with compressing(transformer, layers, (6, 9)):
        assert transformer.attn_processors != before
    assert transformer.attn_processors == before


def test_factor_one_is_none() -> None:
    layers, grid = layers_of({"factor": 1, "layers": (0, 1)}, tiny.WIDTH), (3, 5)
    network = tiny.transformer(sized=False)
    x = torch.randn(1, tiny.CHANNELS, 6, 10, generator=torch.Generator().manual_seed(1))
    words = torch.randn(1, 7, tiny.WORDS, generator=torch.Generator().manual_seed(2))
    given = {"encoder_hidden_states": words, "timestep": torch.tensor([500.0]), "return_dict": False}
    plain = network(x, **given)[0]
    with compressing(network, layers, grid):
        assert gap(network(x, **given)[0], plain) < 1e-6
    with compressing(network, redraw(layers_of({"factor": 2, "layers": (0, 1)}, tiny.WIDTH), 9), grid):
        assert gap(network(x, **given)[0], plain) > MOVED


def test_it_begins_as_the_mean() -> None:
    compress, grid = Compress(8, 2), (6, 10)
    tokens = torch.randn(2, 60, 8, generator=torch.Generator().manual_seed(3))
    pooled = nn.functional.avg_pool2d(tokens.transpose(1, 2).unflatten(2, grid), 2).flatten(2).transpose(1, 2)
    assert torch.allclose(compress(tokens, grid), compress.norm(pooled), atol=1e-6)
    assert compress(tokens, grid).shape == (2, 15, 8)
    redraw(compress, 1)
    assert not torch.allclose(compress(tokens, grid), compress.norm(pooled), atol=1e-2)


def test_an_odd_side_loses_its_last_row() -> None:
    """As the released convolution does."""
    compress = redraw(Compress(8, 2), 1)
    picture = torch.randn(1, 8, 5, 7, generator=torch.Generator().manual_seed(3))
    cut = picture[:, :, :4, :6].flatten(2).transpose(1, 2)
    assert torch.equal(compress(picture.flatten(2).transpose(1, 2), (5, 7)), compress(cut, (4, 6)))


def test_its_size_is_a_trifle() -> None:
    """Layers 14 to 27: a 2 x 2 kernel and a bias a channel, and a norm."""
    with torch.device("meta"):
        layers = layers_of({"factor": 2, "layers": range(14, 28)}, 1152)
    counts = {name: parameter.numel() for name, parameter in layers.named_parameters()}
    assert sum(count for name, count in counts.items() if ".sr." in name) == 80_640
    assert sum(count for name, count in counts.items() if ".norm." in name) == 14 * 2 * 1152


def test_it_is_part_of_what_the_model_is(both: Beside, tmp_path: Path) -> None:
    """Its weights are in the hash, and are missed when they are not there."""
    (plain,) = tiny.sigma(tmp_path / "plain")
    family, other = both.family, claim((plain,))
    assert other is not None and "compressed" in family.summary and "compressed" not in other.summary
    assert family.defaults().stages[0].weights != other.defaults().stages[0].weights
    tiny.compress(plain / "kv_compress", tiny.layers())
    (plain / "kv_compress" / "diffusion_pytorch_model.safetensors").unlink()
    assert [path.name for path in PixArt(plain).missing()] == ["kv_compress"]
