"""`sfumato info` and `verify`: look at a picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sfumato.faces.cli.shelf import known
from sfumato.faces.cli.wishes import typed
from sfumato.faces.extent import extent_of
from sfumato.studio import Refused, read_kept, verify


def info_command(file: Path, as_json: bool) -> int:
    """Print the plan inside a picture. Raises FileNotFoundError or ValueError as `read_kept` does."""
    kept = read_kept(file)
    plan = json.loads(kept.plan.to_json())
    if as_json:
        record = {"plan": plan, "index": kept.index, "job": kept.job, "made_by": dict(kept.made_by)}
        print(json.dumps(record, ensure_ascii=False))
        return 0
    width, height = extent_of(plan)
    which = "the grid" if kept.index is None else f"picture {kept.index + 1}"
    print(f"prompt    {kept.plan.prompt}")
    print(f"this is   {which} of {len(kept.plan.seeds)}, {width} × {height}")
    print(f"job       {kept.job}")
    print(f"seed      {', '.join(sorted({str(seed.number) for seed in kept.plan.seeds}))}")
    for item in kept.plan.inputs:
        print(f"from      {item.role} picture {item.hash[:12]}…")
    for stage in kept.plan.stages:
        print(
            f"stage     {stage.name}: {stage.width} × {stage.height}, {stage.steps} steps, "
            f"{stage.sampler}, guidance {stage.guidance:g}, weights {stage.weights[:12]}…"
        )
    by = {key: value for key, value in kept.made_by.items() if key != "licence"}
    print(f"made by   {', '.join(f'{key} {value}' for key, value in by.items())}")
    print(f"licence   of the model: {kept.made_by.get('licence', 'unknown')}")
    print(f"plan      {kept.plan.hash}  (whole: sfumato info --json)")
    return 0


def verify_command(file: Path, models: Sequence[str], pictures: Sequence[str]) -> int:
    """Make a picture again and say how it compares: 0 identical, 1 different, 2 not possible here."""
    try:
        here = known()
        model = here.family(models) if models else here.maker(read_kept(file).plan)
        verdict = verify(file, model, typed(pictures).wishes().given)
    except (Refused, FileNotFoundError) as error:
        print(f"sfumato: {error}", file=sys.stderr)
        return 2
    if verdict.identical:
        print(f"identical: {file} was made again to the last bit.")
        return 0
    print(f"different: {verdict.psnr:.1f} dB, the largest difference of one value is {verdict.worst} of 255.")
    for change in verdict.changed:
        print(f"  changed since: {change}")
    return 1
