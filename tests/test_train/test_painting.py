"""The painter and its losses: exact answers where there are any, and what must hold of any weights."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from sfumato.models.house.autoencoder import FACTOR, Autoencoder, CoderConfig
from sfumato.models.house.painter import HEAD, Painter, PainterConfig, Told, places, turned
from sfumato.train.painting import (
    HALVINGS,
    coder_loss,
    guided,
    moved,
    painter_loss,
    strides,
    student_loss,
    two_steps,
    weighted_error,
)
from sfumato.train.world.batch import Batch

TINY = PainterConfig(20, channels=4, patch=2, width=64, depth=2, text=64, text_layers=1, length=8)
CODER = CoderConfig(channels=4, there=(8, 8, 16, 16), back=(8, 8, 16, 16))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drawn(seed: int = 0) -> Painter:
    """A painter all of whose parameters are drawn, those that begin at zero too."""
    torch.manual_seed(seed)
    network = Painter(TINY)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    return network.eval()


def told(network: Painter, words: Tensor, **changed: Tensor) -> Told:
    text, mask = network.encoder(words)
    plain = torch.zeros(len(words))
    return Told(plain + 0.5, text, mask, plain, plain + 1, plain)._replace(**changed)


def batch(rows: int = 4, side: int = 32) -> Batch:
    pictures = interpolate(
        torch.rand(rows, 3, 3, 3, generator=generator()) * 2 - 1, (side, side), mode="bilinear"
    )
    words = torch.randint(1, 20, (rows, 8), generator=generator())
    return Batch(pictures, words, torch.rand(rows, generator=generator()), ())


WORDS = torch.tensor([[1, 5, 6, 0, 0, 0, 0, 0], [1, 7, 0, 0, 0, 0, 0, 0]])


@pytest.mark.parametrize("size", [(8, 8), (4, 12), (12, 6)])
def test_a_painter_gives_back_the_shape_it_was_given(size: tuple[int, int]) -> None:
    network = drawn()
    x = torch.randn(2, 4, *size, generator=generator())
    assert network(x, told(network, WORDS)).shape == x.shape


def test_empty_places_of_a_text_change_nothing() -> None:
    network = drawn()
    x = torch.randn(2, 4, 8, 8, generator=generator())
    long, short = (network(x, told(network, words)) for words in (WORDS, WORDS[:, :4]))
    assert torch.allclose(long, short, atol=1e-5)


def test_a_row_does_not_see_the_others() -> None:
    network = drawn()
    x = torch.randn(2, 4, 8, 8, generator=generator())
    alone = network(x[1:], told(network, WORDS[1:]))
    assert torch.allclose(network(x, told(network, WORDS))[1:], alone, atol=1e-5)


@pytest.mark.parametrize("name", ["t", "richness", "guidance", "stride"])
def test_every_number_that_a_row_is_told_counts(name: str) -> None:
    network = drawn()
    x = torch.randn(2, 4, 8, 8, generator=generator())
    plain, other = (network(x, told(network, WORDS, **{name: torch.full((2,), v)})) for v in (0.2, 0.7))
    assert (plain - other).abs().max() > 1e-3
    assert (plain - network(x, told(network, WORDS.flip(0)))).abs().max() > 1e-3, "words too"


def test_turning_keeps_lengths_and_depends_on_distance_alone() -> None:
    turn = places((1, 9), torch.device("cpu"))
    q, k = (torch.randn(1, 1, 1, HEAD, generator=generator(seed)).expand(1, 1, 9, HEAD) for seed in (1, 2))
    a, b = turned(q, turn), turned(k, turn)
    assert torch.allclose(a.norm(dim=-1), q.norm(dim=-1), atol=1e-4)
    scores = (a @ b.transpose(-1, -2))[0, 0]
    for apart in range(-8, 9):
        own = scores.diagonal(apart)
        assert torch.allclose(own, own[:1].expand_as(own), atol=1e-3)
    assert scores[0].std() > 0.1


def test_the_middle_of_a_picture_is_the_same_place_in_every_shape() -> None:
    device = torch.device("cpu")
    small, large = places((3, 3), device).unflatten(1, (3, 3)), places((5, 7), device).unflatten(1, (5, 7))
    assert torch.equal(small, large[:, 1:4, 2:5])


def test_an_untrained_painter_believes_in_grey() -> None:
    network = Painter(TINY)
    assert not network(torch.randn(2, 4, 8, 8), told(network, WORDS)).any()


def test_an_autoencoder_keeps_every_shape_and_bounds_its_latents() -> None:
    coder = Autoencoder(CODER)
    for height, width in ((32, 32), (16, 48)):
        latents = coder.encoder(torch.randn(2, 3, height, width) * 5)
        assert latents.shape == (2, 4, height // FACTOR, width // FACTOR) and latents.abs().max() <= 2
        assert coder.decoder(latents).shape == (2, 3, height, width)


class Same(nn.Module):
    """An autoencoder without faults."""

    config = CODER

    def forward(self, pictures: Tensor, blur: Tensor) -> Tensor:
        return pictures


def test_the_loss_of_an_autoencoder_without_faults_is_zero() -> None:
    assert coder_loss(Same(), batch(), generator()) == 0  # pyright: ignore[reportArgumentType]
    assert coder_loss(Autoencoder(CODER), batch(), generator()) > 0.1


def test_guidance_is_the_formula_of_ho_and_salimans() -> None:
    network = drawn()
    x = torch.randn(2, 4, 8, 8, generator=generator())
    own = told(network, WORDS)
    empty = told(network, torch.tensor([[1] + [0] * 7] * 2))
    with_words, without = network(x, own), network(x, empty)
    exact = without + torch.tensor([1.0, 5.0])[:, None, None, None] * (with_words - without)
    assert torch.allclose(guided(network, x, own, torch.tensor([1.0, 5.0])), exact, atol=1e-5)
    assert torch.allclose(exact[0], with_words[0], atol=1e-5), "at 1 it is the answer to the words"


class Straight(nn.Module):
    """A network that knows the clean picture: every path is a straight line to it."""

    def __init__(self, x0: Tensor) -> None:
        super().__init__()
        self.x0 = x0

    def forward(self, x: Tensor, told: Told) -> Tensor:
        return self.x0


def test_on_a_straight_line_two_halves_are_one_whole() -> None:
    x0, noise = (torch.randn(4, 4, 8, 8, generator=generator(seed)) for seed in (1, 2))
    t = torch.tensor([1.0, 0.5, 0.25, 1.0])
    x = x0.lerp(noise, t[:, None, None, None])
    own = told(drawn(), WORDS.repeat(2, 1), t=t, stride=torch.tensor([0.5, 0.25, 0.125, 1.0]))
    wanted = two_steps(Straight(x0), x, own)  # pyright: ignore[reportArgumentType]
    assert torch.allclose(wanted, x0, atol=1e-4)


def test_a_step_goes_along_the_line_to_the_clean_picture() -> None:
    x0, noise = (torch.randn(3, 4, 8, 8, generator=generator(seed)) for seed in (1, 2))
    t, by = torch.tensor([1.0, 0.7, 0.5]), torch.tensor([0.25, 0.2, 0.5])
    x = x0.lerp(noise, t[:, None, None, None])
    assert torch.allclose(moved(x, x0, t, by), x0.lerp(noise, (t - by)[:, None, None, None]), atol=1e-5)


def test_strides_start_at_their_multiples_and_never_pass_the_end() -> None:
    t, stride = strides(4000, generator())
    long = stride > 0
    assert 0.25 < long.float().mean() < 0.35
    assert set(stride[long].tolist()) == {0.5**i for i in range(HALVINGS + 1)}
    assert torch.equal(t[long] % stride[long], torch.zeros(int(long.sum())))
    assert (t >= stride).all() and t.max() <= 1


def test_the_error_is_that_of_the_velocity() -> None:
    """Where t is well above 0, the weight makes x0's error that of noise minus x0."""
    x0, noise = (torch.randn(1, 4, 8, 8, generator=generator(seed)) for seed in (1, 2))
    t = torch.tensor([1.0])
    guess = x0 + 0.1
    velocity = ((noise - guess) - (noise - x0)).square().mean()
    assert weighted_error(guess, x0, t) == pytest.approx(float(velocity) / 1.05, rel=1e-5)


def test_a_few_steps_of_training_lower_every_loss() -> None:
    torch.manual_seed(0)
    data, coder, teacher = batch(8), Autoencoder(CODER).eval(), drawn()
    for network, loss in (
        (Autoencoder(CODER), coder_loss),
        (Painter(TINY), lambda *told: painter_loss(coder, *told)),
        (drawn(1), lambda *told: student_loss(coder, teacher, *told)),
    ):
        optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
        losses = []
        for _ in range(25):
            value = loss(network, data, generator(3))  # pyright: ignore[reportArgumentType]
            value.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(float(value.detach()))
        assert losses[-1] < 0.9 * losses[0], losses
