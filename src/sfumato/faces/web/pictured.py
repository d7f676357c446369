"""Image prompts: the pictures at the addresses that stand in prompts."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato.faces.web.addresses import NotFetched
from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.uploads import check
from sfumato.studio.given import decoded, on_white, read

if TYPE_CHECKING:
    import numpy as np

FETCHED = ("http://", "https://")


def reader(fetch: Callable[[str], bytes] | None, files: bool = False) -> Callable[[str], np.ndarray]:
    """What reads an image prompt as uint8 (H, W, 3).

    fetch  None where the settings allow no fetching
    files  whether the person who asks may open files of this machine: in a server nobody may

    What it gives raises NotFetched; Refusal for what is no picture; FileNotFoundError, ValueError for files.
    """

    def look(address: str) -> np.ndarray:
        if address.lower().startswith(FETCHED):
            if fetch is None:
                raise NotFetched("Here no address is fetched (setting fetch): send the picture itself.")
            return on_white(picture_of(fetch(address)))
        if files:
            return on_white(read(Path(address).expanduser()))
        raise NotFetched("A server opens no files that a prompt names: send the picture itself.")

    return look


def picture_of(data: bytes) -> np.ndarray:
    """A picture that came from elsewhere, uint8 (H, W, 4), whatever it was said to be. Raises Refusal."""
    check(BytesIO(data), None)
    try:
        return decoded(BytesIO(data))
    except ValueError:
        raise Refusal("not_a_picture", "This picture is damaged: its pixels cannot be read.") from None
