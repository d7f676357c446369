"""Counts of what the server did, as Prometheus reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0)  # seconds


@dataclass
class Counts:
    """Requests by route and status, how long they took, and the streams that are open."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    took: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    streams: int = 0
    lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request that was answered."""
        with self.lock:
            self.requests[method, route, status] += 1
            self.seconds += seconds
            self.took.update(bucket for bucket in BUCKETS if seconds <= bucket)

    def stream(self, more: int) -> None:
        """One stream more, or with -1 one less."""
        with self.lock:
            self.streams += more

    def text(self) -> str:
        """The Prometheus text format, version 0.0.4."""
        with self.lock:
            return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# HELP sfumato_requests_total Requests answered."
        yield "# TYPE sfumato_requests_total counter"
        for (method, route, status), number in sorted(self.requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"sfumato_requests_total{{{labels}}} {number}"
        total = self.requests.total()
        yield "# HELP sfumato_request_seconds How long requests took."
        yield "# TYPE sfumato_request_seconds histogram"
        for bucket in BUCKETS:
            yield f'sfumato_request_seconds_bucket{{le="{bucket:g}"}} {self.took[bucket]}'
        yield f'sfumato_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"sfumato_request_seconds_sum {self.seconds:.6f}"
        yield f"sfumato_request_seconds_count {total}"
        yield "# HELP sfumato_streams Event streams that are open."
        yield "# TYPE sfumato_streams gauge"
        yield f"sfumato_streams {self.streams}"
