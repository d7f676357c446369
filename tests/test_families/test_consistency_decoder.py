"""DALL-E 3's consistency decoder against diffusers', and beside which models it may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from diffusers.models.autoencoders import consistency_decoder_vae
from diffusers.schedulers import scheduling_consistency_decoder
from torch import Tensor

from sfumato.engine import NoisePath, noise
from sfumato.models._parts import consistency
from sfumato.models._parts.consistency import ENTRIES, PATH, PURPOSE, Consistent
from sfumato.models._parts.latent import Latent
from sfumato.models._parts.opening import structure
from sfumato.models.family import UnknownModel, recognise
from tinies import consistency as tiny
from tinies import pixart, sd, sdxl
from tinies.beside import STEPS, planned
from tinies.flights import MOVED, PARITY, fly, gap
from tinies.operations import smooth

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks

SIZE = (24, 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.decoder(tmp_path_factory.mktemp("tiny") / "consistency-decoder")


@pytest.fixture(scope="module")
def model(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Stable Diffusion with the decoder beside it."""
    family = recognise((*sd.first(tmp_path_factory.mktemp("sd")), folder))
    opened = family.open("cpu", "float32")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def space(model: Any) -> Consistent:
    return model.stages[0].parts.latent


@pytest.fixture(scope="module")
def x(space: Consistent) -> Tensor:
    latent = torch.randn(4, SIZE[0] // 2, SIZE[1] // 2, generator=torch.Generator().manual_seed(5))
    return latent * 0.18215 * 5


@pytest.fixture(scope="module")
def theirs(folder: Path, x: Tensor) -> Tensor:
    """What the released pipelines do with their last latent, from our noise."""
    decoder = diffusers.ConsistencyDecoderVAE.from_pretrained(folder)
    left = [noise(0, 0, PURPOSE, step, (3, *SIZE))[None] for step in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        for module in (consistency_decoder_vae, scheduling_consistency_decoder):
            patch.setattr(module, "randn_tensor", lambda shape, **_: left.pop(0).reshape(shape))
        return decoder.decode(x[None] / 0.18215, return_dict=False)[0][0].detach()


def test_pictures_are_the_released_decoder_s(space: Consistent, x: Tensor, theirs: Tensor) -> None:
    assert theirs.shape == (3, *SIZE) and theirs.std() > 0.1
    assert gap(space.decode(x), theirs) < PARITY
    assert gap(Latent(space.vae, space.scale).decode(x), theirs) > MOVED


def test_two_looks_are_all(space: Consistent, x: Tensor) -> None:
    seen: list[Tensor] = []
    hook = space.decoder.decoder_unet.register_forward_hook(lambda module, args, out: seen.append(args[1]))
    space.decode(x)
    hook.remove()
    assert [int(entry) for entry in seen] == [1008, 512] == list(ENTRIES)


def test_the_clean_picture_stays_what_it_is() -> None:
    """c_skip is 1 and c_out is 0 where there is no noise (Song et al. 2023, Equation 5)."""
    picture, out = torch.randn(2, 3, 4, 4)
    assert torch.equal(PATH.x0(picture, out, 0.0), picture)


FAULTS = {
    "another table": ("PATH", NoisePath("vp", "edm", table="linear", beta=(1e-4, 0.02), count=1024)),
    "noise in place of the picture": ("PATH", NoisePath("vp", "eps", table="cosine", count=1024)),
    "another deviation": ("PATH", NoisePath("vp", "edm", table="cosine", count=1024, sigma_data=1.0)),
    "one look": ("ENTRIES", ENTRIES[:1]),
    "another look": ("ENTRIES", (1008, 256)),
    "other noise": ("PURPOSE", "something else"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(
    space: Consistent, x: Tensor, theirs: Tensor, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consistency, *FAULTS[fault])
    assert gap(space.decode(x), theirs) > MOVED


def test_its_latents_are_standardised_and_scaled(space: Consistent, x: Tensor, theirs: Tensor) -> None:
    assert gap(replace(space, scale=0.13025).decode(x), theirs) > MOVED
    for name in ("means", "stds"):
        own = getattr(space.decoder, name)
        setattr(space.decoder, name, own.flip(1))
        assert gap(space.decode(x), theirs) > MOVED, name
        setattr(space.decoder, name, own)


def test_large_pictures_are_decoded_in_windows(space: Consistent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their norms are those of a window, and not of the whole: near, and not the same."""
    x = space.encode(smooth("start", 48, 80))
    whole = space.decode(x)
    monkeypatch.setattr(consistency, "LARGEST", 40)
    pieces = space.decode(x)
    assert pieces.shape == whole.shape == (3, 48, 80)
    assert 0 < gap(pieces, whole) < 0.5


def test_pictures_are_encoded_by_the_model_s_own(model: Any, space: Consistent) -> None:
    picture = smooth("start", *SIZE)
    assert torch.equal(space.encode(picture), Latent(space.vae, space.scale).encode(picture))


# Beside which models


def test_the_plan_tells_the_decoders_apart(folder: Path, tmp_path: Path) -> None:
    paths = sd.first(tmp_path)
    with_it, without = recognise((folder, *paths)), recognise(paths)
    plan, other = (planned(own, "a red fox", 7) for own in (with_it, without))
    assert with_it.check(plan) == () and without.check(other) == ()
    assert "needs other base weights" in without.check(plan)[0]
    assert "needs other base weights" in with_it.check(other)[0]


def test_pixart_alpha_has_the_same_latents(tmp_path: Path) -> None:
    decoder = tiny.decoder(tmp_path / "decoder", halvings=2)
    family = recognise((decoder, *pixart.alpha(tmp_path / "alpha")))
    opened = family.open("cpu", "float32")
    plan = planned(family, "a red fox", 7)
    assert family.check(plan) == () and plan.stages[0].steps == STEPS
    x = fly(opened, [plan]).x[0]
    picture, space = opened.stages[0].decode(x), opened.stages[0].space  # pyright: ignore
    assert isinstance(space, Consistent) and picture.shape == (3, plan.height, plan.width)
    assert gap(Latent(space.vae, space.scale).decode(x), picture) > MOVED
    opened.close()
    assert {weight.device.type for weight in space.decoder.parameters()} == {"meta"}


@pytest.mark.parametrize("build", [sdxl.base, pixart.sigma])
def test_other_latents_are_refused(folder: Path, tmp_path: Path, build: Any) -> None:
    paths = build(tmp_path)
    with pytest.raises(UnknownModel, match="decodes latents of Stable Diffusion 1 and 2"):
        recognise((*paths, folder))


def test_two_decoders_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="both decode latents"):
        recognise((*sd.first(tmp_path / "sd"), folder, tiny.decoder(tmp_path / "second")))


def test_paper_size() -> None:
    network = structure(diffusers.ConsistencyDecoderVAE, {})
    assert sum(parameter.numel() for parameter in network.parameters()) == 655_441_366
