"""`sfumato bench upscale`: how well the house model makes pictures larger, beside plain enlargement."""

from __future__ import annotations

import json
import sys
import time
from statistics import fmean
from typing import Any

import numpy as np
from PIL import Image

from sfumato.engine import resize
from sfumato.plan import Upscale
from sfumato.studio import Picture, Studio
from sfumato.studio.given import given
from sfumato.train.metrics.enlarged import Enlarged, held_out, score
from sfumato.train.world.atlas import open_atlas

MOST = 64  # renders
ROUND = 8  # renders between two lines of progress
FACTOR = 4
LARGE = (256, 1024)  # sides of the picture whose making is timed, before and after


def larger_command(count: int, as_json: bool) -> int:
    """Print the scores. Returns 0; raises FileNotFoundError without the fonts of the painted world."""
    report = bench_larger(min(count, MOST), Studio())
    if as_json:
        print(json.dumps(report))
        return 0
    print(f"{report['renders']} renders never trained on, {FACTOR} times as large again")
    for kind in ("clean", "rough"):
        print(f"{kind:9} {'PSNR':>8} {'at edges':>10} {'sharpness':>10}")
        for way, told in report[kind].items():
            print(f"  {way:7} {told['psnr']:8.2f} {told['edge_psnr']:10.2f} {told['sharpness']:10.3f}")
    print(f"seconds   {report['seconds']:.2f} for {LARGE[0]} -> {LARGE[1]} ({report['dtype']})")
    return 0


def bench_larger(count: int, studio: Studio) -> dict[str, Any]:
    """Mean scores of the first `count` renders, by kind and by way, and the seconds of a large picture."""
    atlas = open_atlas()
    report: dict[str, Any] = {"renders": count}
    for kind in ("clean", "rough"):
        scores: dict[str, list[Enlarged]] = {"ours": [], "lanczos": [], "bicubic": []}
        for number, (small, true) in enumerate(held_out(atlas, count, kind == "rough")):
            for way, made in ways(studio, small).items():
                scores[way].append(score(made, true))
            if (number + 1) % ROUND == 0:
                print(f"{kind}: {number + 1} of {count}", file=sys.stderr, flush=True)
        report[kind] = {way: means(own) for way, own in scores.items()}
    return report | timed(studio)


def ways(studio: Studio, small: np.ndarray) -> dict[str, np.ndarray]:
    """A picture, uint8 (h, w, 3), made larger by everybody."""
    width, height = small.shape[1] * FACTOR, small.shape[0] * FACTOR
    bicubic = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    ours = enlarge(studio, small).pixels
    return {"ours": ours, "lanczos": resize(small, width, height), "bicubic": np.asarray(bicubic)}


def enlarge(studio: Studio, small: np.ndarray) -> Picture:
    """As `sfumato upscale` does it."""
    job = studio.edit(Upscale(factor=FACTOR), [given("start", small)])
    return next(made for made in studio.work(job) if isinstance(made, Picture))


def means(scores: list[Enlarged]) -> dict[str, float]:
    """By name, over all renders."""
    return dict(zip(Enlarged._fields, map(fmean, zip(*scores, strict=True)), strict=True))


def timed(studio: Studio) -> dict[str, Any]:
    """The seconds from request to finished pixels, once all is open."""
    small = resize(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8), LARGE[0], LARGE[0])
    enlarge(studio, small)
    started = time.perf_counter()
    made_by = enlarge(studio, small).made_by
    return {"seconds": time.perf_counter() - started, **made_by}
