"""Smaller pictures, made once and kept on the disk by what they show."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from PIL import Image, ImageOps

from sfumato.faces.web.errors import Refusal
from sfumato.studio.imports import FORMATS
from sfumato.studio.store import PictureRow, Unavailable

WIDTHS = (64, 128, 256, 512, 1024, 2048)  # only these are made, so that nobody fills the disk with others
QUALITY = 80


def thumbnail(gallery: Path, row: PictureRow, width: int) -> Path:
    """The file of a WebP at least so wide, and no wider than the picture. Raises Refusal, Unavailable."""
    wide = min(next((own for own in WIDTHS if own >= width), WIDTHS[-1]), row.width)
    path = gallery.with_name("thumbnails") / row.sha256[:2] / f"{row.sha256}-{wide}.webp"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, _small(gallery / row.path, wide))
    except OSError as error:
        raise Unavailable("The disk is full, or may not be written to: free some space.") from error
    return path


def _small(source: Path, width: int) -> Image.Image:
    try:
        with Image.open(source, formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(image)  # of an imported photograph
            size = (width, max(1, round(upright.height * width / upright.width)))
            return upright.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels", "This picture has too many pixels to be made smaller.") from None
    except (OSError, SyntaxError, ValueError):
        raise Refusal("not_found", "The file of this picture cannot be read.") from None


def _write(path: Path, image: Image.Image) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            image.save(file, "WEBP", quality=QUALITY)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
