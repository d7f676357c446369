"""A database of jobs and pictures: what was accepted is kept, and found again.

store = Store.open("sqlite:///data/sfumato.sqlite", Path("data"))
"""

from sfumato.studio.store.boards import NOTHING, Cover
from sfumato.studio.store.counts import Counts
from sfumato.studio.store.drawn import Drawn, drawn
from sfumato.studio.store.errors import (
    Conflict,
    IllegalMove,
    LeaseLost,
    NewerVersion,
    NotThere,
    OverQuota,
    StoreError,
    Unavailable,
)
from sfumato.studio.store.load import Load
from sfumato.studio.store.queue import Report
from sfumato.studio.store.rebuild import Rebuilt
from sfumato.studio.store.rows import Board, Change, JobRow, Person, PictureRow, hidden_from_others
from sfumato.studio.store.search import Filters, Page
from sfumato.studio.store.similar import Similar
from sfumato.studio.store.store import Store

__all__ = [
    "NOTHING",
    "Board",
    "Change",
    "Conflict",
    "Counts",
    "Cover",
    "Drawn",
    "Filters",
    "IllegalMove",
    "JobRow",
    "LeaseLost",
    "Load",
    "NewerVersion",
    "NotThere",
    "OverQuota",
    "Page",
    "Person",
    "PictureRow",
    "Rebuilt",
    "Report",
    "Similar",
    "Store",
    "StoreError",
    "Unavailable",
    "drawn",
    "hidden_from_others",
]
