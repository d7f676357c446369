"""Midjourney's prompt language, read and written. Pure Python; imports in under a tenth of a second.

>>> from sfumato.language import read
>>> prompt, = read("a red fox:: snow::2 --ar 3:2 --no people")
>>> prompt.parts[1].weight, prompt.parameters.aspect
(2.0, (3, 2))
>>> str(prompt)
'a red fox:: snow::2 --no people --ar 3:2'
"""

from __future__ import annotations

from sfumato.language.errors import PromptError, caret
from sfumato.language.job import job
from sfumato.language.lookup import PARAMETERS
from sfumato.language.parameters import Parameter, Range
from sfumato.language.prompt import Image, Parameters, Part, Prompt, Reference
from sfumato.language.reading import Reading, parse, read
from sfumato.language.remarks import Piece, Problem

__all__ = [
    "PARAMETERS",
    "Image",
    "Parameter",
    "Parameters",
    "Part",
    "Piece",
    "Problem",
    "Prompt",
    "PromptError",
    "Range",
    "Reading",
    "Reference",
    "caret",
    "job",
    "parse",
    "read",
]
