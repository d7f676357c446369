"""One released network with all that belongs to it, in either of the forms it comes in."""

from __future__ import annotations

from sfumato.models.sdxl.folder import Folder
from sfumato.models.sdxl.single_file import SingleFile

Release = Folder | SingleFile
