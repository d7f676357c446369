"""The training loop: its schedule, that it learns, and that it goes on where it stopped."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, repeat
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sfumato.models.house.net import HouseNet, NetConfig
from sfumato.models.house.words import FIRST, read_words
from sfumato.models.weights import load_packed
from sfumato.train.checkpoint import inherit, load_checkpoint, save_checkpoint, save_weights
from sfumato.train.loop import Run, learning_rate, train
from sfumato.train.losses import noised, velocity_error


def square(network: nn.Module, batch: Tensor, generator: torch.Generator) -> Tensor:
    return (network(batch) - 3).square().mean()


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(4, 2)


def run(minutes: float = 1.0) -> Run[Tensor]:
    return Run(repeat(torch.ones(8, 4)), square, minutes, rate=0.05)


def steady() -> Run[Tensor]:
    """At its full rate from the second step on: else the rate follows the clock."""
    return replace(run(), warmup=1e-9)


def test_the_rate_rises_stays_and_falls_to_zero() -> None:
    rates = [learning_rate(run(), done) for done in (0.0, 0.01, 0.25, 0.5, 0.75, 1.0)]
    assert rates[0] < rates[1] < rates[2] == rates[3] == 0.05
    assert rates[4] == pytest.approx(0.025) and rates[5] == 0


def test_the_loss_falls() -> None:
    losses = [report.loss for report in islice(train(linear(), steady()), 150)]
    assert losses[-1] < 0.05 * losses[0]


def test_the_budget_ends_the_run() -> None:
    reports = list(train(linear(), run(minutes=0.003)))
    assert reports and reports[-1].seconds >= 0.18 > reports[-2].seconds


def test_a_checkpoint_goes_on_where_the_run_stopped(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    whole = linear()
    for report in islice(train(whole, steady()), 20):
        if report.step == 10:
            save_checkpoint(path, report)
    again = linear()
    resumed = load_checkpoint(path, again)
    assert resumed.step == 10
    assert [report.step for report in islice(train(again, steady(), resumed), 10)][-1] == 20
    for one, two in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two)
    assert not list(tmp_path.glob("*.partial"))


def test_a_noised_picture_lies_on_the_straight_path() -> None:
    x0 = torch.full((4000, 1, 2, 2), 0.5)
    x, t = noised(x0, torch.Generator().manual_seed(0))
    noise = (x - x0 * (1 - t)[:, None, None, None]) / t[:, None, None, None]
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02
    assert velocity_error(x0, x0, t) == 0


def test_a_network_inherits_the_words_that_it_knows(tmp_path: Path) -> None:
    path, old, new = tmp_path / "old.safetensors", ("cat", "dog", "fox"), ("boat", "fox", "cat")
    save_weights(path, reader(old, 1), {"vocabulary": old})
    heir = reader(new, 2)
    before = heir.encoder.embed.weight.detach().clone()
    inherit(heir, path, new)
    told, kept = (net.encoder(ids(net_words)) for net, net_words in ((opened(path, old), old), (heir, new)))
    assert all(torch.equal(one, other) for one, other in zip(told, kept, strict=True))
    assert torch.equal(heir.encoder.embed.weight[FIRST], before[FIRST])  # a boat is new


def reader(words: tuple[str, ...], seed: int) -> HouseNet:
    torch.manual_seed(seed)
    return HouseNet(NetConfig(len(words) + FIRST, channels=(64,), looks=("words",), text=64, length=4))


def opened(path: Path, words: tuple[str, ...]) -> HouseNet:
    network = reader(words, 3)
    network.load_state_dict(load_packed(path))
    return network


def ids(words: tuple[str, ...]) -> Tensor:
    return torch.tensor([read_words("a fox and a cat", words, 4).ids])
