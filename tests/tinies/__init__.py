"""Every family at tiny size: real networks of the released classes, saved in the released layout.

A family `models/NAME` is joined by `tinies/NAME.py` with

    VARIANTS: Mapping[str, Callable[[Path], tuple[Path, ...]]]

each of which writes the files of one released model into an empty folder and returns what `recognise` takes.
"""
