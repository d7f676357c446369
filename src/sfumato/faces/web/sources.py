"""Pictures that requests name: those of the gallery, and those that were uploaded."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from sfumato.faces.web.errors import Refusal
from sfumato.faces.web.forms import From
from sfumato.faces.web.server import Server
from sfumato.studio import Given, give
from sfumato.studio.store import Person


def uploads_of(server: Server, me: Person) -> Path:
    """Where a person's uploads are: their own, so that a hash seen elsewhere opens nobody's picture."""
    return server.store.gallery.with_name("uploads") / me.id


def path_of(server: Server, me: Person, named: From) -> Path:
    """The file of a picture that this person may see. Raises NotThere, Refusal."""
    if named.picture is not None:
        return server.store.gallery / server.store.pictures.get(named.picture, me.id).path
    path = uploads_of(server, me) / f"{named.upload}.png"
    if not path.exists():
        raise Refusal("not_found", "There is no such upload: send the picture to /api/uploads first.")
    return path


def given_of(server: Server, me: Person, named: From, role: str = "start", weight: float = 1.0) -> Given:
    """A picture with its part in a job. Raises NotThere, Refusal."""
    try:
        return give(role, path_of(server, me, named), weight)
    except FileNotFoundError:
        raise Refusal("not_found", "The file of this picture is lost.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels", "This picture has too many pixels to begin from.") from None
    except ValueError:
        raise Refusal("not_a_picture", "The file of this picture cannot be read.") from None
