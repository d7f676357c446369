"""Where networks go is decided by numbers alone; what they compute does not depend on it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import nn

from sfumato.models.memory import read_bytes
from sfumato.models.offload import put, weight_bytes, working_device
from sfumato.models.opening import PLAIN, Opening, Tuning
from sfumato.models.placement import NoRoom, bytes_of, needed, place
from sfumato.models.seat import Seat
from sfumato.models.size import Part, files_of, parts_of
from tinies import flux

SIZES = (0, 1, 7, 64)
ROOMS = (0, 1, 3, 8, 16, 40, 64, 100, 200, 300, 2000)


def every_model() -> list[tuple[Part, ...]]:
    """One or two networks of all sizes of blocks and rest, with one to three blocks."""
    alone = [
        Part("a", rest + count * layer, layer, rest)
        for rest, layer, count in product(SIZES, SIZES, (1, 2, 3))
    ]
    return [(own,) for own in alone] + [(own, Part("b", 30, 10, 5)) for own in alone]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int8"])
def test_every_placement_fits_and_none_faster_would(dtype: str) -> None:
    ways = ("whole", "parts", "layers")
    for parts, room, host in product(every_model(), ROOMS, (None, *ROOMS)):
        allowed = [
            way
            for way in (ways[:1] if host is None else ways)
            if needed(parts, dtype, way) + 2 <= room
            and (way == "whole" or host is None or bytes_of(parts, dtype) <= host)
        ]
        if allowed:
            assert place(parts, dtype, room, host, work=2) == allowed[0]
        else:
            with pytest.raises(NoRoom, match="needs at least"):
                place(parts, dtype, room, host, work=2)


def test_slower_ways_need_less() -> None:
    for parts in every_model():
        whole, one, block = (needed(parts, "float32", way) for way in ("whole", "parts", "layers"))
        assert whole >= one and whole >= block


def test_parts_are_those_of_the_networks(tmp_path: Path) -> None:
    network = flux.transformer()
    network.save_pretrained(tmp_path / "transformer")
    (part,) = parts_of([tmp_path])
    blocks = [*network.transformer_blocks, *network.single_transformer_blocks]
    counts = [sum(p.numel() for p in block.parameters()) for block in blocks]
    whole = sum(p.numel() for p in network.parameters())
    assert part == Part("transformer", whole, max(counts), whole - sum(counts))
    assert set(files_of(Pair((tmp_path,), tmp_path / "b"))) == {tmp_path, tmp_path / "b"}


class Pair(NamedTuple):
    """As families hold their files."""

    first: tuple[Path, ...]
    second: Path


class Net(nn.Module):
    """Two lists of blocks, a layer before and one after."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.enter, self.leave = nn.Linear(8, 8), nn.Linear(8, 8)
        self.blocks = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.enter(x)
        for block in self.blocks:
            x = x + torch.tanh(block(x))
        return self.leave(x)


@pytest.mark.parametrize("way", ["parts", "layers"])
def test_offloaded_networks_give_the_same_bits(way: str) -> None:
    whole, other, x = Net(), Net(), torch.randn(4, 8)
    before = {name: tensor.clone() for name, tensor in other.named_parameters()}
    put(other, "cpu", way, Seat())  # type: ignore[arg-type]
    assert torch.equal(whole(x), other(x)) and torch.equal(whole(x), other(x))
    assert all(torch.equal(tensor, before[name]) for name, tensor in other.named_parameters())
    assert working_device(other) == torch.device("cpu") and weight_bytes(other) == weight_bytes(whole)


def test_layers_visit_the_device_one_by_one() -> None:
    net, seen = Net(), list[list[int]]()
    put(net, "cpu", "layers", Seat())
    for block in net.blocks:
        inner = block._old_forward
        block._old_forward = lambda x, inner=inner: (seen.append(there(net)), inner(x))[1]
    net(torch.randn(4, 8))
    assert seen == [[0], [1], [2]] and there(net) == []


def there(net: Net) -> list[int]:
    """The blocks that are on the device."""
    return [index for index, own in enumerate(net.blocks) if own._hf_hook.home]  # type: ignore[union-attr]


def test_networks_take_the_device_in_turn() -> None:
    one, two, seat = Net(), Net(), Seat()
    for own in (one, two):
        put(own, "cpu", "parts", seat)
    for own in (one, two, one, one):
        own(torch.randn(1, 8))
        assert seat.taken_by is own


def test_one_network_is_opened_once() -> None:
    first, heard = Opening(), list[int]()
    second = Opening(shared=first.shared, heard=heard.append)
    one = first.network("a", "cpu", lambda place: Net())
    assert second.network("a", "cpu", lambda place: Net()) is one
    other = second.network("b", "cpu", lambda place: Net())
    assert other is not one and heard == [weight_bytes(one), 2 * weight_bytes(one)]
    one.to("meta")  # closed
    assert not next(first.network("a", "cpu", lambda place: Net()).parameters()).is_meta


@pytest.mark.parametrize(("kind", "decibels"), [("int8", 35), ("fp8", 25)])
def test_eight_bits_are_near_and_smaller(kind: str, decibels: float) -> None:
    plain, x = Net(), torch.randn(64, 8)
    packed = Opening(tuning=Tuning(kind)).network("a", "cpu", lambda place: Net())
    gap, whole = packed(x) - plain(x), plain(x)
    assert 20 * torch.log10(whole.abs().max() / gap.square().mean().sqrt()) > decibels
    assert not torch.equal(packed(x), plain(x))
    assert packed.enter.weight.dtype == torch.float32  # what networks ask for
    assert weight_bytes(packed) < 0.7 * weight_bytes(plain)
    half = Opening(tuning=Tuning(kind)).network("b", "cpu", lambda place: Net().bfloat16())
    assert half(x.bfloat16()).dtype == torch.bfloat16


@pytest.mark.minutes
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler, as it is imported
def test_compiled_networks_are_near() -> None:
    compiled = Opening(tuning=Tuning(compile=True)).network("a", "cpu", lambda place: Net())
    x = torch.randn(4, 8)
    assert torch.allclose(compiled(x), Net()(x), atol=1e-5)
    assert compiled._compiled_call_impl is not None


def test_tuning_is_said() -> None:
    assert str(Tuning("int8", True)) == "int8 compiled" and str(PLAIN) == ""
    with pytest.raises(ValueError, match="choose int8 or fp8"):
        Tuning("int4")


@pytest.mark.parametrize(
    ("text", "count"), [("8G", 2**33), ("1.5 GiB", 3 * 2**29), ("500m", 500 * 2**20), ("7", 7)]
)
def test_amounts_of_memory(text: str, count: int) -> None:
    assert read_bytes(text) == count


@pytest.mark.parametrize("text", ["", "-1G", "much", "0", "nan", "1e999G"])
def test_no_amounts_of_memory(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 8G"):
        read_bytes(text)
