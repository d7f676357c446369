"""The studio: from a prompt to kept pictures."""

from sfumato.studio.collection import Models
from sfumato.studio.describe import Description, describe
from sfumato.studio.gallery import Kept, read_kept
from sfumato.studio.given import Given, give
from sfumato.studio.job import Job, Step
from sfumato.studio.picture import Picture
from sfumato.studio.policy import RefusedPrompt
from sfumato.studio.refused import Refused
from sfumato.studio.running import Running, Unfinished
from sfumato.studio.shelf import Shelf
from sfumato.studio.studio import Studio, Wishes
from sfumato.studio.verify import Verdict, verify
from sfumato.studio.words import words_for

__all__ = [
    "Description",
    "Given",
    "Job",
    "Kept",
    "Models",
    "Picture",
    "Refused",
    "RefusedPrompt",
    "Running",
    "Shelf",
    "Step",
    "Studio",
    "Unfinished",
    "Verdict",
    "Wishes",
    "describe",
    "give",
    "read_kept",
    "verify",
    "words_for",
]
