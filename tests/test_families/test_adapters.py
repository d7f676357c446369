"""LoRA, ControlNet and IP-Adapter beside a bare U-Net: each row its own strength, and nothing left behind."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from sfumato.engine import Ask, Condition
from sfumato.models._parts.adapter_file import fingerprint_of
from sfumato.models._parts.lora import acting, place, read_lora
from sfumato.models._parts.strength import strengths
from sfumato.models._parts.unet.adapters import Adapters
from tinies import adapters as tiny
from tinies import sdxl
from tinies.bench import TIMES, Bench, asked, build, drawn, looked, pair_of_asks
from tinies.flights import MOVED, PARITY, gap

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

WITH = {
    "kohya": ("kohya",),
    "control": ("control",),
    "plain": ("plain", "encoder"),
    "plus": ("plus", "encoder"),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return build(tmp_path_factory.mktemp("adapters"))


# Every kind


@pytest.mark.parametrize("name", WITH)
def test_a_row_of_scale_nought_is_to_the_bit_as_without(bench: Bench, name: str) -> None:
    adapters = bench.opened(*WITH[name])
    plain = looked(bench, None, pair_of_asks(bench, name, (0.0, 0.0)))
    mixed = looked(bench, adapters, pair_of_asks(bench, name, (0.0, 0.7)))
    assert torch.equal(mixed[0], plain[0])
    assert gap(mixed[1], plain[1]) > MOVED
    assert torch.equal(looked(bench, adapters, pair_of_asks(bench, name, (0.0, 0.0))), plain)


@pytest.mark.parametrize("name", WITH)
def test_an_interval_ends_to_the_step(bench: Bench, name: str) -> None:
    """Row 0 stands at time 800, row 1 at 300: it acts while low < t <= high."""
    adapters = bench.opened(*WITH[name])
    plain = looked(bench, None, pair_of_asks(bench, name, (0.0, 0.0)))
    early = looked(bench, adapters, pair_of_asks(bench, name, (0.7, 0.7), (300.0, 800.0)))
    late = looked(bench, adapters, pair_of_asks(bench, name, (0.7, 0.7), (0.0, 300.0)))
    assert torch.equal(early[1], plain[1]) and gap(early[0], plain[0]) > MOVED
    assert torch.equal(late[0], plain[0]) and gap(late[1], plain[1]) > MOVED


@pytest.mark.parametrize("name", WITH)
def test_a_row_does_not_depend_on_its_neighbour(bench: Bench, name: str) -> None:
    adapters = bench.opened(*WITH[name])
    together = looked(bench, adapters, pair_of_asks(bench, name, (0.7, -0.3)))
    for scales, row in (((0.7, 0.1), 0), ((0.2, -0.3), 1)):
        assert torch.equal(looked(bench, adapters, pair_of_asks(bench, name, scales))[row], together[row])


@pytest.mark.parametrize("name", WITH)
def test_the_network_is_left_as_it_was(bench: Bench, name: str) -> None:
    adapters = bench.opened(*WITH[name])
    asks = pair_of_asks(bench, name, (0.7, 0.3))
    before = {key: value.clone() for key, value in bench.unet.state_dict().items()}
    processors = dict(bench.unet.attn_processors)
    plain = looked(bench, None, asks)
    looked(bench, adapters, asks)
    x, times, tokens = drawn(2, 4, 8, 12), torch.tensor(TIMES), drawn(2, 7, 192)
    added = {"text_embeds": drawn(2, 128), "time_ids": torch.ones(2, 6)}
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        adapters.answering(asks, x, times, tokens, added),
    ):
        assert unchanged(bench.unet, before)
        raise RuntimeError("in the middle")
    assert unchanged(bench.unet, before)
    assert torch.equal(looked(bench, None, asks), plain)
    assert not any(module._forward_hooks for module in bench.unet.modules())
    assert all(bench.unet.attn_processors[key] is value for key, value in processors.items())


def unchanged(network: nn.Module, before: Mapping[str, Tensor]) -> bool:
    now = network.state_dict()
    return now.keys() == before.keys() and all(torch.equal(now[key], before[key]) for key in now)


@pytest.mark.parametrize("name", WITH)
def test_half_precision_stays_half_precision(bench: Bench, name: str) -> None:
    unet = sdxl.unet().to(torch.bfloat16)
    adapters = bench.opened(*WITH[name], unet=unet, dtype="bfloat16")
    asks = pair_of_asks(bench, name, (0.7, 0.3))
    whole = looked(bench, bench.opened(*WITH[name]), asks)
    half = looked(bench, adapters, asks, unet)
    assert half.dtype == torch.bfloat16 and half.isfinite().all()
    assert gap(half, whole) < 0.1


@pytest.mark.parametrize("name", WITH)
def test_closing_gives_the_memory_back(bench: Bench, name: str) -> None:
    adapters = bench.opened(*WITH[name])
    parts = held(adapters)
    assert parts and not any(tensor.is_meta for tensor in parts)
    adapters.close()
    assert all(tensor.is_meta for tensor in held(adapters))
    assert not any(parameter.is_meta for parameter in bench.unet.parameters())


def held(adapters: Adapters) -> list[Tensor]:
    modules: list[Any] = [layers for lora in adapters.loras.values() for layers in lora.values()]
    modules += [control.net for control in adapters.controls.values()]
    modules += [part for image in adapters.images.values() for part in (image.sight, image.keys)]
    return [parameter for module in modules for parameter in module.parameters()]


# LoRA


@pytest.mark.parametrize("name", ["kohya", "peft", "older"])
def test_a_lora_is_the_sum_of_weights_in_every_format(bench: Bench, name: str) -> None:
    asks = pair_of_asks(bench, name, (0.7, 0.7))
    factor = 0.7 * (tiny.ALPHA / tiny.RANK if name == "kohya" else 1.0)
    merged = sdxl.unet()
    merge(merged, tiny.drawn(5, convolutions=True)["unet"], factor)
    ours, same = looked(bench, bench.opened(name), asks), looked(bench, None, asks, merged)
    assert gap(ours, same) < PARITY
    assert gap(looked(bench, None, asks), same) > MOVED


def merge(network: nn.Module, pairs: Mapping[str, tiny.Half], factor: float) -> None:
    for layer, half in pairs.items():
        weight = network.get_submodule(layer).weight
        assert isinstance(weight, Tensor)
        added = half.up.flatten(1) @ half.down.flatten(1)
        weight.data += factor * added.reshape(weight.shape)


def test_two_loras_add_up(bench: Bench) -> None:
    names = ("kohya", "peft")
    entries = [f"lora.{i}.{fingerprint_of(bench.files[name])}" for i, name in enumerate(names)]
    both = [asked({entries[0]: (0.5,), entries[1]: (0.25,)}, t) for t in TIMES]
    alone = [
        asked({entries[0]: (1.0,)}, t) for t in TIMES
    ]  # the same pairs: 0.25 of whole ones are 0.5 of halved
    assert gap(looked(bench, bench.opened(*names), both), looked(bench, bench.opened(*names), alone)) < PARITY


def tiny_pair(layer: nn.Module, rank: int = 2) -> tuple[Tensor, Tensor]:
    weight = layer.weight
    assert isinstance(weight, Tensor)
    return drawn(rank, *weight.shape[1:]), drawn(weight.shape[0], rank, seed=5)


def read(path: Path) -> dict[str, Any]:
    return dict(read_lora(path, lambda tensors: (tensors, {})))


@pytest.mark.parametrize(
    ("settings", "factor"),
    [
        ("{}", 1.0),
        ('{"net.lora_alpha": 8}', 4.0),
        ('{"net.lora_alpha": 8, "net.alpha_pattern": {"a": 3}}', 1.5),
        ('{"net.lora_alpha": 8, "net.alpha_pattern": {"b": 3}}', 4.0),
        ('{"net.lora_alpha": 8, "net.use_rslora": true}', 8 / 2**0.5),
    ],
)
def test_pefts_own_settings_say_alpha(tmp_path: Path, settings: str, factor: float) -> None:
    network = nn.Sequential()
    network.add_module("a", nn.Linear(3, 5, bias=False))
    down, up = tiny_pair(network.a)
    tensors = {"net.a.lora_A.weight": down, "net.a.lora_B.weight": up}
    path = tiny.write(tmp_path, "lora", tensors, lora_adapter_metadata=settings)
    layers = place(path, read(path)["net"], network, torch.float32)
    assert torch.allclose(layers.up[0], up * factor)


def test_kernels_of_one_pixel_serve_a_linear_layer_and_the_other_way_round(tmp_path: Path) -> None:
    network = nn.Sequential()
    network.add_module("a", nn.Linear(3, 5))
    network.add_module("b", nn.Conv2d(5, 4, 1))
    tensors = {}
    for name, reshape in (("a", lambda t: t[..., None, None]), ("b", lambda t: t.flatten(1))):
        down, up = tiny_pair(network.get_submodule(name))
        tensors |= {f"net.{name}.lora.down.weight": reshape(down), f"net.{name}.lora.up.weight": reshape(up)}
    path = tiny.write(tmp_path, "lora", tensors)
    layers = place(path, read(path)["net"], network, torch.float32)
    assert [tuple(down.shape) for down in layers.down] == [(2, 3), (2, 5, 1, 1)]


@pytest.mark.parametrize("name", ["text_encoder", "text_encoder_2"])
def test_text_layers_act_for_all_rows_at_once(bench: Bench, name: str) -> None:
    (lora,) = bench.opened("peft").loras.values()
    encoder, merged = bench.networks[name], deepcopy(bench.networks[name])
    merge(merged, tiny.drawn(5)[name], 0.5)
    ids = torch.tensor([[1, 2, 3, 4], [4, 3, 2, 1]])
    plain = encoder(ids)[0]
    with acting(encoder, [(lora[name], torch.tensor([0.5]))]):
        moved = encoder(ids)[0]
    assert gap(moved, merged(ids)[0]) < PARITY
    assert gap(moved, plain) > MOVED
    assert torch.equal(encoder(ids)[0], plain)


# ControlNet


def test_several_controls_are_summed(bench: Bench) -> None:
    from diffusers import ControlNetModel

    asks = [pair_of_asks(bench, name, (0.8, 0.4)) for name in ("control", "control 2")]
    entries = [{**one.condition.entries, **two.condition.entries} for one, two in zip(*asks, strict=True)]
    both = [
        Ask("base", ask.x, ask.t, ask.t, Condition(found))
        for ask, found in zip(asks[0], entries, strict=True)
    ]
    ours = looked(bench, bench.opened("control", "control 2"), both)
    nets = [ControlNetModel.from_pretrained(bench.files[name]) for name in ("control", "control 2")]
    assert gap(ours, by_hand(bench, nets, [asks[0], asks[1]])) < PARITY
    assert gap(ours, by_hand(bench, nets[:1], [asks[0]])) > MOVED


@torch.no_grad()
def by_hand(bench: Bench, nets: list[Any], asks: list[list[Ask]]) -> Tensor:
    """One row at a time: the residuals of every net at its own scale, added by the U-Net."""
    x, tokens = drawn(2, 4, 8, 12, seed=1), drawn(2, 7, 192, seed=2)
    pooled, rows = drawn(2, 128, seed=3), []
    for row in range(2):
        own = slice(row, row + 1)
        added = {"text_embeds": pooled[own], "time_ids": torch.ones(1, 6)}
        sums: list[Any] = []
        for net, mine in zip(nets, asks, strict=True):
            entries = mine[row].condition.entries
            (hint,) = (entry[None] for name, entry in entries.items() if name.endswith("hint"))
            scale = next(float(entry[0]) for name, entry in entries.items() if name.endswith("amount"))
            down, middle = net(
                x[own], TIMES[row], tokens[own], hint, scale, added_cond_kwargs=added, return_dict=False
            )
            sums.append([*down, middle])
        *down, middle = (sum(same) for same in zip(*sums, strict=True))
        out = bench.unet(
            x[own],
            TIMES[row],
            tokens[own],
            added_cond_kwargs=added,
            down_block_additional_residuals=tuple(down),
            mid_block_additional_residual=middle,
        )
        rows.append(out.sample)
    return torch.cat(rows)


def test_a_control_beside_an_inpainting_network_sees_the_latent_alone(bench: Bench) -> None:
    unet = sdxl.unet(seed=21, channels=9)
    adapters = bench.opened("control", unet=unet)
    seen: list[Tensor] = []
    (control,) = adapters.controls.values()
    handle = control.net.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    looked(bench, adapters, pair_of_asks(bench, "control", (0.8, 0.4)), unet)
    handle.remove()
    assert torch.equal(seen[0], drawn(2, 9, 8, 12, seed=1)[:, :4])


# Times


def test_times_of_64_bits_meet_their_own_ends() -> None:
    third = 1000 / 3
    amount = torch.tensor([0.5, third, 2 * third])
    asks = [
        Ask("", torch.zeros(1), t, t, Condition({"a": amount})) for t in (2 * third, third, third * 1.001)
    ]
    assert strengths(asks, "a").tolist() == [0.5, 0.0, 0.5]
