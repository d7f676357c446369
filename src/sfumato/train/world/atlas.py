"""The atlas: every look of every thing and every letter, drawn once.

Emoji and letters are drawn from fonts (Debian's packages, see `writing/` for those of the letters). A machine
without them takes the atlas from a folder that another machine wrote:
`python -m sfumato.train.world.atlas FOLDER`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from platformdirs import user_cache_path
from safetensors.torch import load_file, save_file
from torch import Tensor

from sfumato.train.world.drawn import CHARACTERS, draw_characters, draw_things
from sfumato.train.world.lexicon import Thing, things
from sfumato.train.world.looks import emoji, starts
from sfumato.train.world.writing.glyphs import CHINESE, LATIN, Glyphs, draw_glyphs

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
STRIKE_PX = 109  # the only size of the font's bitmaps
SIDE_PX = 128
SPRITES, LAST = "sprites.png", "glyphs.safetensors"  # written in this order
RIM_PX = 2  # clear at every side: sampling past the edge must find nothing


@dataclass(frozen=True, eq=False)
class Atlas:
    """Everything that is stamped on pictures.

    Attributes:
        sprites: (N, 4, 128, 128) uint8, premultiplied; `looks.sprite` says which is which.
        glyphs: every letter, see `writing/`.
    """

    sprites: Tensor
    glyphs: Glyphs

    @property
    def device(self) -> torch.device:
        return self.sprites.device

    def to(self, device: torch.device) -> Atlas:
        """The same on another device."""
        return Atlas(self.sprites.to(device), Glyphs(*(part.to(device) for part in self.glyphs)))

    def save(self, folder: Path) -> None:
        """Write it as two files."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = self.sprites.permute(0, 2, 3, 1).reshape(-1, SIDE_PX, 4)
        own = f".{os.getpid()}"  # others may be writing the same
        Image.fromarray(rows.numpy()).save(folder / f"{own}.png")
        save_file(self.glyphs._asdict(), folder / f"{own}.safetensors")
        os.replace(folder / f"{own}.png", folder / SPRITES)
        os.replace(folder / f"{own}.safetensors", folder / LAST)


def open_atlas(folder: Path | None = None) -> Atlas:
    """The atlas from a folder if one is given, else that of this edition, drawn once and kept in the
    user's cache.

    Raises:
        FileNotFoundError: a font is not installed; says what to install.
    """
    if folder is None:
        folder = user_cache_path("sfumato") / f"atlas-{edition()}"
    if not (folder / LAST).exists():
        draw_atlas().save(folder)
    return read_atlas(folder)


def edition() -> str:
    """What the atlas is drawn from, in eight letters: names, painters and fonts."""
    here = files("sfumato.train.world")
    sources = [here.joinpath("names.json"), here.joinpath("writing/glyphs.py"), here.joinpath("atlas.py")]
    sources += sorted((own for own in here.joinpath("drawn").iterdir() if own.name.endswith(".py")), key=str)
    told = b"".join(source.read_bytes() for source in sources)
    fonts = (FONT, *(Path(face.path) for face in (*LATIN, *CHINESE)))
    sizes = [path.stat().st_size for path in fonts if path.exists()]
    return f"{crc32(told + str(sizes).encode()):08x}"


def read_atlas(folder: Path) -> Atlas:
    """The atlas that was written there. Raises ValueError for one of another edition."""
    sprites = np.asarray(Image.open(folder / SPRITES)).reshape(-1, SIDE_PX, SIDE_PX, 4)
    if len(sprites) != starts()[-1]:
        raise ValueError(
            f"{folder} has {len(sprites)} sprites, and this world {starts()[-1]}: write it again."
        )
    glyphs = Glyphs(**load_file(folder / LAST))
    return Atlas(torch.from_numpy(sprites.copy()).permute(0, 3, 1, 2).contiguous(), glyphs)


def draw_atlas(font: Path = FONT) -> Atlas:
    """Draw everything. Raises FileNotFoundError without the fonts."""
    if not font.exists():
        raise FileNotFoundError(
            f"The painted world draws its things from {font.name}, which is not installed here: "
            "run 'apt-get install fonts-noto-color-emoji', or give a folder with an atlas."
        )
    face = ImageFont.truetype(str(font), STRIKE_PX)
    pictures = (picture for thing in things() for picture in _looks(thing, face))
    return Atlas(torch.stack([_premultiplied(picture) for picture in pictures]), draw_glyphs())


def _looks(thing: Thing, face: ImageFont.FreeTypeFont) -> Iterator[Image.Image]:
    yield from (_emoji(glyph, face) for glyph in emoji(thing))
    if thing.drawn:
        draw = draw_characters if thing.en[0] in CHARACTERS else draw_things
        yield from draw([thing.en[0]])


def _emoji(glyph: str, face: ImageFont.FreeTypeFont) -> Image.Image:
    canvas = Image.new("RGBA", (2 * STRIKE_PX, 2 * STRIKE_PX))
    ImageDraw.Draw(canvas).text((20, 20), glyph, font=face, embedded_color=True)
    cropped = canvas.crop(canvas.getbbox())
    side = max(cropped.size)
    square = Image.new("RGBA", (side, side))
    square.paste(cropped, ((side - cropped.width) // 2, (side - cropped.height) // 2))
    inner = SIDE_PX - 2 * RIM_PX
    framed = Image.new("RGBA", (SIDE_PX, SIDE_PX))
    framed.paste(square.resize((inner, inner), Image.Resampling.LANCZOS), (RIM_PX, RIM_PX))
    return framed


def _premultiplied(picture: Image.Image) -> Tensor:
    pixels = np.asarray(picture.convert("RGBA"), np.float32)
    pixels = np.concatenate([pixels[..., :3] * (pixels[..., 3:] / 255), pixels[..., 3:]], -1)
    return torch.from_numpy(np.rint(pixels).astype(np.uint8)).permute(2, 0, 1).contiguous()  # (4, S, S)


if __name__ == "__main__":
    draw_atlas().save(Path(sys.argv[1]))
