"""The models that a person has added, and what of a prompt they are chosen by.

entry = add(Adding(("stabilityai/stable-diffusion-xl-base-1.0",)), Collection(models_folder()), Hub())
"""

from sfumato.studio.collection.add import Adding, add, rests
from sfumato.studio.collection.card import OURS, UNKNOWN, licences
from sfumato.studio.collection.collection import Collection, models_folder
from sfumato.studio.collection.entry import Entry
from sfumato.studio.collection.hub import Getting, Hub
from sfumato.studio.collection.models import Models, Painter
from sfumato.studio.collection.table import Row, flag, map_version, rows, unmap_version
from sfumato.studio.collection.trouble import DiskFull, NotAdded, size

__all__ = [
    "OURS",
    "UNKNOWN",
    "Adding",
    "Collection",
    "DiskFull",
    "Entry",
    "Getting",
    "Hub",
    "Models",
    "NotAdded",
    "Painter",
    "Row",
    "add",
    "flag",
    "licences",
    "map_version",
    "models_folder",
    "rests",
    "rows",
    "size",
    "unmap_version",
]
