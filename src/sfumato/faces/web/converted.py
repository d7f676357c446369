"""Pictures in another format than the one that they are kept in, for programs that want that."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from xml.sax.saxutils import escape

from PIL import Image, ImageOps

from sfumato.faces.web.errors import Refusal
from sfumato.studio.imports import FORMATS
from sfumato.studio.store import PictureRow

Format = Literal["png", "jpeg", "webp"]
SUFFIXES = MappingProxyType({".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"})
ENDINGS = MappingProxyType({"jpeg": ".jpg"})  # of other formats it is their name
MOST_SIDE = MappingProxyType({"jpeg": 65_500, "webp": 16_383})  # pixels that a format can hold
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Sfumato"
 Iptc4xmpExt:DigitalSourceType="{made}"><dc:description><rdf:Alt>
<rdf:li xml:lang="x-default">{said}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF>
</x:xmpmeta>"""


def is_kept(path: Path, wanted: Format | None) -> bool:
    """Whether a file is sent as it is."""
    return wanted is None or SUFFIXES.get(path.suffix.lower()) == wanted


def converted(path: Path, row: PictureRow, wanted: Format) -> bytes:
    """The picture of a file, of the same size, in another format.

    One of our own says in its XMP that a model made it, and of which words; the plan is in the PNG alone.
    Raises Refusal.
    """
    if max(row.width, row.height) > MOST_SIDE.get(wanted, max(row.width, row.height)):
        raise Refusal(
            "too_many_pixels", f"This picture is larger than a {wanted} can be: download it as PNG."
        )
    file = BytesIO()
    try:
        with Image.open(path, formats=FORMATS) as image:
            profile = image.info.get("icc_profile")
            upright = _opaque(ImageOps.exif_transpose(image), wanted)
            upright.save(file, wanted, icc_profile=profile, **_written(wanted), **_said(row, wanted))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels", "This picture has too many pixels to be converted.") from None
    except (OSError, SyntaxError, ValueError):
        raise Refusal("not_found", "The file of this picture cannot be read.") from None
    return file.getvalue()


def _opaque(image: Image.Image, wanted: Format) -> Image.Image:
    """A JPEG has no holes: they become white."""
    holes = "A" in image.getbands() or "transparency" in image.info
    if not holes:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    return (
        clear
        if wanted != "jpeg"
        else Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    )


def _written(wanted: Format) -> dict[str, Any]:
    """How a format is written: as good as the eye can tell."""
    match wanted:
        case "jpeg":
            return {"quality": 92, "subsampling": 0, "optimize": True}
        case "webp":
            return {"quality": 90, "method": 4}
        case "png":
            return {"compress_level": 6}


def _said(row: PictureRow, wanted: Format) -> dict[str, bytes]:
    if row.operation == "imported" or wanted == "png":
        return {}
    return {"xmp": XMP.format(made=MADE, said=escape(row.prompt)).encode()}
