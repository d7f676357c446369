"""The mathematics: paths, samplers, guidance, noise and the loop that asks."""

from sfumato.engine.ask import Answer, Ask, Look
from sfumato.engine.batcher import Batcher
from sfumato.engine.condition import Condition, stacked
from sfumato.engine.finish import finished
from sfumato.engine.flight import BrokenAnswer, Flight, asks, board, told
from sfumato.engine.guidance import NOTHING, NULL, Bound, ClassifierFree, Guidance, Pull, part
from sfumato.engine.ladder import Ladder
from sfumato.engine.leg import Commission
from sfumato.engine.loop import Group, Progress, preview, run, shown
from sfumato.engine.memo import Memo
from sfumato.engine.noise import Draw, Source, noise
from sfumato.engine.path import Line, NoisePath
from sfumato.engine.post import as_mask, fitted, resize, to_pixels
from sfumato.engine.rows import Answering, Rows, Straight, apart
from sfumato.engine.samplers import SAMPLERS, Sampler
from sfumato.engine.schedules import SCHEDULES
from sfumato.engine.stage import Given, Model, Setting, Stage, classifier_free, from_start, mean
from sfumato.engine.state import State, dump, load

__all__ = [
    "NOTHING",
    "NULL",
    "SAMPLERS",
    "SCHEDULES",
    "Answer",
    "Answering",
    "Ask",
    "Batcher",
    "Bound",
    "BrokenAnswer",
    "ClassifierFree",
    "Commission",
    "Condition",
    "Draw",
    "Flight",
    "Given",
    "Group",
    "Guidance",
    "Ladder",
    "Line",
    "Look",
    "Memo",
    "Model",
    "NoisePath",
    "Progress",
    "Pull",
    "Rows",
    "Sampler",
    "Setting",
    "Source",
    "Stage",
    "State",
    "Straight",
    "apart",
    "as_mask",
    "asks",
    "board",
    "classifier_free",
    "dump",
    "finished",
    "fitted",
    "from_start",
    "load",
    "mean",
    "noise",
    "part",
    "preview",
    "resize",
    "run",
    "shown",
    "stacked",
    "to_pixels",
    "told",
]
