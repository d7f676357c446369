"""The noun of this floor: `Prompt`, what a person said, frozen and complete."""

from __future__ import annotations

from dataclasses import dataclass, field

from sfumato.language.versions import OPEN


@dataclass(frozen=True, slots=True)
class Part:
    """One text part and its `::` weight. Weights count relative to each other; a negative one pushes away."""

    content: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Image:
    """One image prompt: an http(s) address or a local path, and its own `::` weight where one was said."""

    url: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One style reference: an address, a path, a numeric code or `random`, with its `::` weight."""

    content: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was said with `--name`; None, () or False where nothing was said.

    `aspect` is (width, height) as written; `profile` is () when the default profile was asked for (a bare
    `--profile`) and None when no profile was.
    """

    no: tuple[str, ...] = ()
    aspect: tuple[int, int] | None = None
    version: str | None = None
    niji: str | None = None
    stylize: int | None = None
    chaos: int | None = None
    weird: int | None = None
    quality: float | None = None
    seed: int | None = None
    sameseed: int | None = None
    stop: int | None = None
    repeat: int | None = None
    iw: float | None = None
    sref: tuple[Reference, ...] = ()
    sw: int | None = None
    sv: int | None = None
    cref: tuple[str, ...] = ()
    cw: int | None = None
    oref: str | None = None
    ow: int | None = None
    edit: tuple[str, ...] = ()
    profile: tuple[str, ...] | None = None
    exp: int | None = None
    style: str | None = None
    raw: bool = False
    tile: bool = False
    hd: bool = False
    sd: bool = False
    draft: bool = False
    test: bool = False
    testp: bool = False
    creative: bool = False
    upscaler: str | None = None
    speed: str | None = None
    visibility: str | None = None
    video: bool = False
    motion: str | None = None
    loop: bool = False
    end: str | None = None
    bs: int | None = None

    @property
    def model(self) -> str:
        """The model whose rules hold: `7`, `niji 6`, `test` …, or `open` where none was named."""
        if self.version:
            return self.version
        if self.niji:
            return f"niji {self.niji}"
        return "test" if self.test else "testp" if self.testp else OPEN


@dataclass(frozen=True, slots=True)
class Prompt:
    """One picture in words. `str(prompt)` is its canonical form, and reads back to an equal Prompt."""

    parts: tuple[Part, ...] = ()
    images: tuple[Image, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)

    @property
    def text(self) -> str:
        """The prose alone, without weights and parameters."""
        return " ".join(part.content for part in self.parts)

    @property
    def quoted(self) -> tuple[str, ...]:
        """The texts in double quotes, in order: words the picture should show, letter by letter."""
        from sfumato.language.quotes import quoted

        return tuple(text for part in self.parts for text in quoted(part.content))

    def __str__(self) -> str:
        from sfumato.language.write import write

        return write(self)
