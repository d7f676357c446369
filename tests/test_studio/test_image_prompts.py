"""Image prompts: the pictures at the addresses in a prompt, read when a job is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from sfumato.models.family import families
from sfumato.studio import Refused, RefusedPrompt, Studio
from sfumato.studio.given import digest
from sfumato.studio.policy import default_policy

SHIPPED = families()[0]
RED = np.full((4, 6, 3), (255, 0, 0), np.uint8)


@dataclass
class Looks:
    """Reads every address as a red picture, and remembers them."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, address: str) -> np.ndarray:
        self.asked.append(address)
        return RED


class Refers:
    """The shipped family, as one whose networks read references."""

    accepts = SHIPPED.accepts | {"reference"}

    def check(self, _plan: object) -> tuple[str, ...]:
        return ()

    def __getattr__(self, name: str) -> Callable[..., object]:
        return getattr(SHIPPED, name)


def test_image_prompts_are_references() -> None:
    looks = Looks()
    studio = Studio(family=Refers(), read=looks)  # type: ignore[arg-type]
    job, other = studio.submit("https://a.example/x.png::0.5 a {red, blue} fox --iw 2")
    assert [(own.role, own.hash, own.weight) for own in job.plan.inputs] == [("reference", digest(RED), 1.0)]
    assert job.pixels.keys() == other.pixels.keys() == {digest(RED)}
    assert looks.asked == ["https://a.example/x.png"], "once for all permutations"
    assert not [own for own in job.notes if "image prompt" in own or "iw" in own]


def test_who_reads_no_references_says_so() -> None:
    looks = Looks()
    job, *_ = Studio(read=looks).submit("https://a.example/x.png a fox")
    assert not job.plan.inputs and not looks.asked
    assert any("reads no image prompts" in own for own in job.notes)


def test_nothing_is_read_for_what_is_refused() -> None:
    looks = Looks()
    studio = Studio(family=Refers(), read=looks, policy=default_policy())  # type: ignore[arg-type]
    with pytest.raises(RefusedPrompt):
        studio.submit("https://a.example/x.png a nude woman")
    many = " ".join(f"https://a.example/{place}.png" for place in range(20))
    with pytest.raises(Refused, match="at most 16"):
        studio.submit(f"{many} a fox")
    assert not looks.asked
