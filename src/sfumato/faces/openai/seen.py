"""Pictures that come with requests: files and data: addresses, with what is transparent in them."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from sfumato.faces.openai.errors import Wrong
from sfumato.faces.web.addresses import NotFetched
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.pictured import FETCHED
from sfumato.faces.web.uploads import check
from sfumato.language import Prompt
from sfumato.plan import Vary
from sfumato.studio import Given, words_for
from sfumato.studio.given import given, on_white, read

if TYPE_CHECKING:
    import numpy as np

DATA = re.compile(r"data:(image/[a-z+.-]{1,20});base64,(.*)", re.A | re.S)
MOST_TOGETHER = 48_000_000  # pixels of the pictures of one field
HALF = 128  # of 255: what is more transparent than this counts as transparent


class Raw(NamedTuple):
    """A file as it was sent, and which field of the request it is; `kind` is its media type where one was
    said."""

    field: str
    data: bytes
    kind: str | None = None


class Seen(NamedTuple):
    """A picture that was read.

    pixels  uint8 (H, W, 4)
    prompt  the words it carries; empty where it carries none
    """

    field: str
    pixels: np.ndarray
    prompt: Prompt

    @property
    def start(self) -> Given:
        """The picture, white where it is transparent."""
        return given("start", on_white(self.pixels))

    @property
    def holes(self) -> Given | None:
        """Its transparent places as a mask; None where there are none."""
        import numpy as np

        through = self.pixels[..., 3] < HALF
        if not through.any():
            return None
        return given("mask", np.repeat(through[..., None].astype(np.uint8) * 255, 3, axis=2))


def look_at(raw: Raw) -> Seen:
    """Read a picture. Raises Wrong, Refusal."""
    with TemporaryDirectory(prefix="sfumato-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(raw.data)
        try:
            check(path, raw.kind)
            return Seen(raw.field, read(path), _words(path))
        except Refusal as refusal:
            code = "image_too_large" if refusal.code == "too_many_pixels" else "invalid_image_file"
            raise Wrong(raw.field, refusal.message, code) from None
        except ValueError:
            raise Wrong(
                raw.field, "This picture is damaged: its pixels cannot be read.", "invalid_image_file"
            ) from None


def look_at_all(raws: Sequence[Raw]) -> list[Seen]:
    """Read several pictures of one field. Raises as `look_at`, and Wrong where all together are too large."""
    found: list[Seen] = []
    for raw in raws:
        found.append(look_at(raw))
        if sum(own.pixels.shape[0] * own.pixels.shape[1] for own in found) > MOST_TOGETHER:
            said = f"The pictures have more than {MOST_TOGETHER:,} pixels together: make them smaller first."
            raise Wrong(raw.field, said, "image_too_large")
    return found


def _words(path: Path) -> Prompt:
    try:
        return words_for(Vary(), path, None)[0]
    except ValueError:
        return Prompt()


def mask_of(seen: Seen) -> Given:
    """What a mask shows: its transparent places are painted anew. Raises Wrong where it has none."""
    if (holes := seen.holes) is None:
        raise Wrong(
            seen.field,
            "The mask has no transparent place: make transparent what is to be painted anew.",
            "invalid_image_mask",
        )
    return holes


def drawn_over(first: Seen, markup: Seen) -> Seen:
    """The picture with the markup, which is mostly transparent, laid over it. Raises Wrong for another
    size."""
    import numpy as np
    from PIL import Image

    if first.pixels.shape != markup.pixels.shape:
        raise Wrong(markup.field, "The markup must have the size of the first picture.", "invalid_image_file")
    both = Image.alpha_composite(Image.fromarray(first.pixels), Image.fromarray(markup.pixels))
    return first._replace(pixels=np.asarray(both))


def from_address(address: str, field: str, fetch: Callable[[str], bytes] | None = None) -> Raw:
    """The picture in a data: address, or at one of another site where there is what fetches it.

    Raises Wrong for any other, for what is no base64, and for what cannot be fetched.
    """
    if fetch is not None and address.lower().startswith(FETCHED):
        try:
            return Raw(field, fetch(address))
        except NotFetched as error:
            raise Wrong(field, str(error), "invalid_image_url") from None
    found = DATA.fullmatch(address)
    if not found:
        raise Wrong(
            field, "Send the picture itself, as data:image/png;base64,…: other addresses are not fetched."
        )
    try:
        return Raw(field, b64decode(found[2], validate=True), found[1])
    except (NotBase64, ValueError):
        raise Wrong(field, "This is not base64.", "invalid_image_file") from None


def from_text(text: str, field: str, fetch: Callable[[str], bytes] | None = None) -> Raw:
    """The picture in base64, with or without data: before it, or where there is what fetches it, at an
    address. Raises Wrong."""
    if text.startswith("data:") or "://" in text[:12]:
        return from_address(text, field, fetch)
    try:
        return Raw(field, b64decode(text, validate=True))
    except (NotBase64, ValueError):
        raise Wrong(field, "This is not base64.", "invalid_image_file") from None


def one_of(pictures: Sequence[Seen], field: str) -> Seen:
    """The one picture of a field. Raises Wrong when there are more or none."""
    if not pictures:
        raise Wrong(field, f"The field {field} is missing: send a picture.", "missing_required_parameter")
    if len(pictures) > 1:
        raise Wrong(field, f"Send one picture as {field}, not {len(pictures)}.")
    return pictures[0]
