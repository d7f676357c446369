"""What other programs wrote into their pictures: prompts, models and parameters.

found = read_found(Path("00001-1234.png"))   # None where the file says nothing
"""

from sfumato.studio.imports.found import Found, words_of
from sfumato.studio.imports.reading import PROGRAMS, find, read_found
from sfumato.studio.imports.texts import FORMATS, Said, read_said

__all__ = ["FORMATS", "PROGRAMS", "Found", "Said", "find", "read_found", "read_said", "words_of"]
