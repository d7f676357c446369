"""Pictures through an autoencoder: whole up to a size, and in tiles beyond it."""

from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKL

from sfumato.engine import noise
from sfumato.models._parts import latent
from sfumato.models._parts.latent import latent_of, tiled
from tinies.parts import redraw


@pytest.fixture
def vae() -> AutoencoderKL:
    kinds = {"down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2}
    return redraw(AutoencoderKL(**kinds, block_out_channels=(16, 16), norm_num_groups=4, sample_size=32), 1)


def test_only_large_pictures_are_tiled(vae: AutoencoderKL) -> None:
    for sides, large in (((latent.WHOLE, 64), False), ((64, latent.WHOLE + 8), True)):
        with tiled(vae, sides):
            assert vae.use_tiling is large
        assert vae.use_tiling is False


def test_tiles_show_nearly_what_the_whole_shows(vae: AutoencoderKL, monkeypatch: pytest.MonkeyPatch) -> None:
    space, x = latent_of(vae), noise(1, 0, "x", 0, (4, 40, 48))
    whole = space.decode(x)
    monkeypatch.setattr(latent, "WHOLE", 64)
    tiles = space.decode(x)
    assert tiles.shape == whole.shape == (3, 80, 96) and not torch.equal(tiles, whole)
    assert (tiles - whole).abs().mean() < 0.2 * whole.std()
    assert space.encode(whole.clamp(-1, 1)).shape == x.shape


def test_an_error_leaves_no_tiling_behind(vae: AutoencoderKL) -> None:
    with pytest.raises(RuntimeError), tiled(vae, (9000, 9000)):
        raise RuntimeError
    assert vae.use_tiling is False
