"""Writing: every glyph is there, and what is written can be read where it should stand."""

from __future__ import annotations

import pytest
import torch

from sfumato.train.world import lexicon
from sfumato.train.world.scene import Writing
from sfumato.train.world.writing import SURFACES, Glyphs, chinese, draw_glyphs, place, write
from sfumato.train.world.writing import glyphs as drawing
from sfumato.train.world.writing.glyphs import CHINESE, LATIN, LETTERS, Face


@pytest.fixture(scope="module")
def glyphs() -> Glyphs:
    return draw_glyphs()


def blank(rows: int, size: tuple[int, int] = (128, 128)) -> torch.Tensor:
    return torch.full((rows, 3, *size), 0.6)


def written(text: str, surface: int, glyphs: Glyphs, size: int = 256) -> torch.Tensor:
    return write(blank(1, (size, size)), [Writing((text,), surface, 1)], [4], glyphs)


def test_every_surface_has_its_painter() -> None:
    assert list(SURFACES) == [word.en[0] for word in lexicon.SURFACES]


def test_there_are_enough_fonts_and_characters(glyphs: Glyphs) -> None:
    assert len(LATIN) >= 6 and len(CHINESE) == 2 and len(chinese()) >= 550
    assert len(set(chinese())) == len(chinese())
    assert glyphs.pixels.dtype == torch.uint8
    count = len(LATIN) * len(LETTERS) + len(CHINESE) * len(chinese())
    assert glyphs.pixels.shape == (count, 64, 64) and glyphs.advances.shape == (count,)


def test_every_glyph_has_ink_and_none_is_cut_off(glyphs: Glyphs) -> None:
    spaces = torch.tensor([place(font, " ") for font in range(len(LATIN))])
    inked = torch.ones(len(glyphs.pixels), dtype=torch.bool)
    inked[spaces] = False
    assert ((glyphs.pixels > 128).sum((1, 2))[inked] >= 6).all()
    assert (glyphs.pixels[~inked] == 0).all()
    rim = torch.cat([glyphs.pixels[:, [0, -1]].flatten(1), glyphs.pixels[:, :, [0, -1]].flatten(1)], 1)
    assert (rim.amax(1) < 128).all()


def test_glyphs_differ_from_each_other(glyphs: Glyphs) -> None:
    for font in range(len(LATIN)):
        block = glyphs.pixels[place(font, "A") : place(font, "A") + len(LETTERS)].float().flatten(1) / 255
        assert (torch.cdist(block, block) + 99 * torch.eye(len(block))).min() > 1
    block = glyphs.pixels[place(0, chinese()[0]) :][: len(chinese())].float().flatten(1) / 255
    assert (torch.cdist(block, block) + 99 * torch.eye(len(block))).min() > 3, (
        "a box stands for a missing character"
    )


def test_advances_are_proportional_but_on_a_typewriter(glyphs: Glyphs) -> None:
    sans = glyphs.advances[[place(1, c) for c in "iW"]]
    assert sans[1] > 2.5 * sans[0]
    typed = glyphs.advances[[place(4, c) for c in "iWm."]]
    assert typed.max() == typed.min()


def test_a_missing_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LATIN", (Face("fonts-nowhere", "/nowhere/none.ttf"),))
    with pytest.raises(FileNotFoundError, match="apt-get install fonts-nowhere"):
        draw_glyphs()


def test_what_has_no_glyph_is_refused(glyphs: Glyphs) -> None:
    with pytest.raises(ValueError):
        written("naïve", 0, glyphs)


@pytest.mark.parametrize("surface", range(len(lexicon.SURFACES)))
@pytest.mark.parametrize("size", [(128, 128), (128, 256), (384, 128)])
def test_pictures_stay_pictures(surface: int, size: tuple[int, int], glyphs: Glyphs) -> None:
    writings = [Writing(("Good", "morning"), surface, 3), Writing(("早安",), surface, 1, size=0.6)]
    out = write(blank(2, size), writings, [1, 2], glyphs)
    assert out.shape == (2, 3, *size) and out.isfinite().all() and out.min() >= 0 and out.max() <= 1
    alone = write(blank(1, size), writings[1:], [2], glyphs)
    assert (out[1:] - alone).abs().max() <= 2 / 255


@pytest.mark.parametrize("surface", range(len(lexicon.SURFACES)))
@pytest.mark.parametrize("seed", range(10))
def test_words_stand_out_inside_their_room(surface: int, seed: int, glyphs: Glyphs) -> None:
    """Taking the words away changes the picture strongly, and only where the surface has room for words."""
    both = [
        write(blank(1, (160, 160)), [Writing((text,), surface, 1)], [seed], glyphs) for text in ("MMMM", " ")
    ]
    apart = (both[0] - both[1]).abs().amax(1)[0]
    assert apart.max() > 0.35
    half, middle = (
        SURFACES[lexicon.SURFACES[surface].en[0]].half,
        SURFACES[lexicon.SURFACES[surface].en[0]].middle,
    )
    y, x = torch.meshgrid(torch.arange(160) / 160 - 0.5, torch.arange(160) / 160 - 0.5, indexing="ij")
    outside = ((x / 0.8 - middle[0]).abs() > half[0] + 0.02) | ((y / 0.8 - middle[1]).abs() > half[1] + 0.02)
    assert apart[outside].max() < (0.9 if surface == 3 else 0.05), "light of a neon sign alone goes further"
    assert apart[~outside].mean() > 0.02


def test_letters_are_read_back_from_the_board(glyphs: Glyphs) -> None:
    """Each pair of words that differ in one letter gives pictures that differ where that letter stands."""
    first, second = written("COFFEE SHOP", 0, glyphs), written("COFFEE SHOT", 0, glyphs)
    apart = (first - second).abs().amax(1)[0]
    assert apart[:, 160:].max() > 0.3 and apart[:, :64].max() < 0.3


def test_long_lines_are_smaller_and_still_there(glyphs: Glyphs) -> None:
    apart = [
        (written(text, 5, glyphs) - written(" ", 5, glyphs)).abs().amax((0, 1)) > 0.2
        for text in ("Hi", "Wonderland!!")
    ]
    heights = [int(mask.any(1).sum()) for mask in apart]
    widths = [int(mask.any(0).sum()) for mask in apart]
    assert heights[1] < heights[0] and widths[1] > widths[0] and heights[1] >= 12


def test_it_looks_the_same_at_half_the_resolution(glyphs: Glyphs) -> None:
    from torch.nn.functional import interpolate

    for surface in range(len(lexicon.SURFACES)):
        shown = [
            interpolate(written("Hello", surface, glyphs, size), size=(32, 32), mode="area")
            for size in (256, 128)
        ]
        assert (shown[0] - shown[1]).abs().mean() < 0.02
