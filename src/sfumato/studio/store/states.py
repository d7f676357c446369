"""The states of a job, and the moves between them: what is not in this table is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from sfumato.studio.store.errors import IllegalMove

Status = Literal["queued", "running", "paused", "done", "failed", "cancelled", "forgotten"]
Move = Literal[
    "claim", "give_back", "finish", "fail", "pause", "resume", "cancel", "retry", "strand", "forget"
]

# move: {from: to}. A running job is claimed again only when its lease ran out.
MOVES: Mapping[Move, Mapping[Status, Status]] = MappingProxyType(
    {
        "claim": MappingProxyType({"queued": "running", "running": "running"}),
        "give_back": MappingProxyType({"running": "queued"}),
        "finish": MappingProxyType({"running": "done"}),
        "fail": MappingProxyType({"running": "failed"}),
        "pause": MappingProxyType({"queued": "paused", "running": "paused"}),
        "resume": MappingProxyType({"paused": "queued"}),
        "cancel": MappingProxyType({"queued": "cancelled", "running": "cancelled", "paused": "cancelled"}),
        "retry": MappingProxyType({"failed": "queued", "cancelled": "queued"}),
        "strand": MappingProxyType({"queued": "failed"}),
        "forget": MappingProxyType({"done": "forgotten", "failed": "forgotten", "cancelled": "forgotten"}),
    }
)
ENDED = frozenset({"done", "failed", "cancelled", "forgotten"})


def after(status: Status, move: Move) -> Status:
    """The state that a move leads to. Raises IllegalMove."""
    if status not in MOVES[move]:
        may = ", ".join(MOVES[move])
        raise IllegalMove(
            f"A job that is {status} cannot {move.replace('_', ' ')}: only one that is {may} can."
        )
    return MOVES[move][status]
