"""The mathematics: paths, samplers, guidance, noise and the loop that asks."""

from sfumato.engine.ask import Answer, Ask, Look
from sfumato.engine.condition import Condition
from sfumato.engine.flight import BrokenAnswer
from sfumato.engine.guidance import NULL, ClassifierFree, Guidance, part
from sfumato.engine.ladder import Ladder
from sfumato.engine.loop import Progress, run
from sfumato.engine.noise import Draw, Source, noise
from sfumato.engine.path import Line, NoisePath
from sfumato.engine.post import grid, resize, to_pixels
from sfumato.engine.samplers import SAMPLERS, Sampler
from sfumato.engine.schedules import SCHEDULES
from sfumato.engine.stage import Model, Setting, Stage, classifier_free
from sfumato.engine.state import State, dump, load

__all__ = [
    "NULL",
    "SAMPLERS",
    "SCHEDULES",
    "Answer",
    "Ask",
    "BrokenAnswer",
    "ClassifierFree",
    "Condition",
    "Draw",
    "Guidance",
    "Ladder",
    "Line",
    "Look",
    "Model",
    "NoisePath",
    "Progress",
    "Sampler",
    "Setting",
    "Source",
    "Stage",
    "State",
    "classifier_free",
    "dump",
    "grid",
    "load",
    "noise",
    "part",
    "resize",
    "run",
    "to_pixels",
]
