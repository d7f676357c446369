"""The benchmarks of the engine: traces are exact, goals are read rightly, and each script runs."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
import torch

from bench import cold, company, families, load, memory, overhead, report
from bench.pair import Ours
from bench.trace import GRID, LONG_STEPS, SHORT_STEPS, Trace, Wish, at_once, draw_trace
from bench.turns import Clock, in_turns

COMMITTED_STEPS = [4, 4, 4, 45, 48, 4, 4, 46, 4, 4]
COMMITTED_TIMES = [0.195396, 0.884143, 2.089867]


def alone(wish: Wish) -> float:
    return 0.01 * wish.steps * wish.pictures


def test_the_same_seed_gives_the_same_trace() -> None:
    traces = {seed: draw_trace(seed, 40, 0.8, alone) for seed in range(10)}
    assert traces == {seed: draw_trace(seed, 40, 0.8, alone) for seed in range(10)}
    assert len({trace.arrivals for trace in traces.values()}) == 10


def test_a_trace_is_what_it_was_when_it_was_committed() -> None:
    trace = draw_trace(0, 10, 0.8, alone)
    assert [arrival.wish.steps for arrival in trace.arrivals] == COMMITTED_STEPS
    assert [round(arrival.at, 6) for arrival in trace.arrivals[:3]] == COMMITTED_TIMES


@pytest.mark.parametrize("jobs", [10, 40, 41])
def test_seven_of_ten_jobs_are_short(jobs: int) -> None:
    wishes = [arrival.wish for arrival in draw_trace(3, jobs, 0.8, alone).arrivals]
    assert Counter(wish.short for wish in wishes)[True] == round(0.7 * jobs)
    for wish in wishes:
        assert (wish.pictures, wish.steps) == (1, SHORT_STEPS) if wish.short else wish.pictures == GRID
        assert wish.short or LONG_STEPS[0] <= wish.steps <= LONG_STEPS[1]
    assert len({wish.seed for wish in wishes}) == jobs, "no two jobs are the same picture"


@pytest.mark.parametrize("asked", [0.5, 0.8, 1.2])
def test_the_offered_load_is_what_was_asked(asked: float) -> None:
    trace = draw_trace(5, 40, asked, alone)
    assert sum(alone(arrival.wish) for arrival in trace.arrivals) / trace.span == pytest.approx(asked)
    times = [arrival.at for arrival in trace.arrivals]
    assert times == sorted(times) and times[0] > 0 and times[-1] < trace.span


def test_arrivals_are_spread_over_the_whole_span() -> None:
    """In the mean of many traces, arrival k of n comes at k / (n + 1) of the span."""
    traces = [draw_trace(seed, 9, 0.8, alone) for seed in range(400)]
    for k in (1, 5, 9):
        mean = sum(trace.arrivals[k - 1].at / trace.span for trace in traces) / len(traces)
        assert mean == pytest.approx(k / 10, abs=0.03)


def test_at_once() -> None:
    wish = Wish("a fox", 0, 1, 4, 2)
    assert at_once(wish, wish) == Trace(0.0, ((0.0, wish), (0.0, wish)))


@pytest.mark.parametrize(
    ("value", "bound", "at_most", "met"), [(5, 5, False, True), (4.9, 5, False, False), (1.1, 1, True, False)]
)
def test_a_goal_is_met_or_missed(value: float, bound: float, at_most: bool, met: bool) -> None:
    assert report.Goal("a figure", value, bound, at_most).met is met


def test_the_figures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goals = [report.Goal("speed", 6.0, 5), report.Goal("size", 3.0, 2, at_most=True)]
    assert report.finish("this", {"a": 1}, goals, tmp_path) == 1
    assert report.finish("that", {"a": 1}, goals[:1], tmp_path) == 0
    (written,) = tmp_path.glob("this-*.json")
    record = json.loads(written.read_text(encoding="utf-8"))
    assert record["figures"] == {"a": 1} and [goal["met"] for goal in record["goals"]] == [True, False]
    assert {"cpu", "cores", "torch"} <= set(record["machine"]) and record["commit"]
    assert "MISSED" in capsys.readouterr().out


def written(folder: Path, name: str) -> dict:
    (path,) = folder.glob(f"{name}-*.json")
    return json.loads(path.read_text(encoding="utf-8"))["figures"]


@pytest.mark.minutes
def test_load_runs(tmp_path: Path) -> None:
    load.main(["--seeds", "2", "--jobs", "4", "--limits", "8", "--results", str(tmp_path)])
    figures = written(tmp_path, "load")
    assert len(figures["traces"]) == 2 and figures["rows_of_first_come"] == 8
    for own in figures["together"].values():
        assert 0 < own["preview_median_s"] <= own["median_s"] <= own["p95_s"]


@pytest.mark.minutes
def test_overhead_runs(tmp_path: Path) -> None:
    overhead.main(["--rounds", "1", "--results", str(tmp_path)])
    shares = written(tmp_path, "overhead")["shares"]
    assert all(share >= 0 for share in shares.values()) and shares["networks"] > 0.3
    assert sum(shares.values()) == pytest.approx(1, abs=0.1)


@pytest.mark.minutes
def test_cold_runs(tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    cold.main(["--rounds", "1", "--results", str(tmp_path)])
    figures = written(tmp_path, "cold")
    sizes = figures["parameters"]
    assert sizes["theirs"] == pytest.approx(sizes["ours"], rel=0.25)
    assert figures["seconds"]["sfumato"] > figures["parts_of_ours_s"]["draw"] > 0


@pytest.mark.minutes
def test_memory_runs(tmp_path: Path) -> None:
    memory.main(["--pictures", "3", "--settled", "2", "--results", str(tmp_path)])
    figures = written(tmp_path, "memory")
    assert figures["peak_of_a_grid_mib"] > figures["imported_mib"] and figures["weights_mib"] > 10
    assert set(figures["after_pictures_mib"]) == {"1", "2", "3"}


@pytest.mark.minutes
def test_company_runs_and_changes_no_bit_here(tmp_path: Path) -> None:
    assert company.main(["--pictures", "4", "--rounds", "1", "--results", str(tmp_path)]) == 0
    figures = written(tmp_path, "company")
    assert figures["psnr_db"]["rows"] == company.EQUAL
    assert len(figures["seconds"]) == 4


def test_the_psnr_of_pictures_is_that_of_their_range() -> None:
    white, grey = torch.ones(3, 4, 4), torch.zeros(3, 4, 4)
    assert company.psnr(white, -white) == pytest.approx(0)
    assert company.psnr(white, grey) == pytest.approx(6.0206, abs=1e-3)
    assert company.psnr(white, white) == company.EQUAL


# Families


def asks(network, times: int, noted: list[str], name: str) -> str:
    for number in range(times):
        network(torch.zeros(1))
        noted.append(f"{name}{number}")
    return name


class Busy(torch.nn.Module):
    """Takes its thread a fiftieth of a second on a processor."""

    def forward(self, x):
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        return x


def test_two_programs_take_turns_at_every_step() -> None:
    network, clock, noted = Busy(), Clock(), []
    clock.watch(network)
    works = [lambda own=own: asks(network, 3, noted, own) for own in "ab"]
    (first, one), (second, other) = in_turns(works, network, clock, 3)
    assert (one, other) == ("a", "b")
    assert noted == ["b0", "a0", "a1", "b1", "b2", "a2"]
    assert len(first) == len(second) == 4
    assert clock.seconds >= 6 * 0.02
    for turn in (*first[1:], *second[1:]):
        assert 0 < turn.outside < 0.02 < turn.seconds, "what the network took is not counted"


@pytest.mark.parametrize(("times", "word"), [(2, "less often"), (4, "more often")])
def test_a_program_that_asks_at_other_times_is_not_compared(times: int, word: str) -> None:
    network = torch.nn.Identity()
    works = [lambda: asks(network, times, [], "a"), lambda: asks(network, 3, [], "b")]
    with pytest.raises(SystemExit, match=word):
        in_turns(works, network, Clock(), 3)


def test_what_a_program_raises_is_raised() -> None:
    def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        in_turns([broken], torch.nn.Identity(), Clock(), 3)


def test_the_upper_bound_of_ratios() -> None:
    assert families.upper([1.0] * 9) == 1.0
    ratios = [0.9, 0.95, 1.0, 1.05, 1.1]
    assert 1.0 < families.upper(ratios) <= 1.1 and families.upper(ratios * 40) < families.upper(ratios)


@pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks
@pytest.mark.minutes
@pytest.mark.parametrize("name", ["sd", "sdxl", "pixart"])
def test_families_runs(name: str, tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    pytest.importorskip("accelerate")
    options = ["--tiny", "--quick", "--side", "64", "--no-memory", "--only", name, "--results", str(tmp_path)]
    families.main([*options, "--dtype", "float32"])
    own = written(tmp_path, "families")[name]
    assert own["pairs"] == 3 and own["step_ratio"] <= own["step_ratio_upper_95"]
    assert own["outside_ms"]["theirs"] > 0 and own["difference"] < 1e-4


@pytest.mark.filterwarnings("ignore")  # of the libraries that hold the networks
def test_different_pictures_are_not_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("diffusers")
    pytest.importorskip("accelerate")
    monkeypatch.setattr(Ours, "noise", lambda self, plan: torch.zeros(4, 8, 8))
    with pytest.raises(SystemExit, match="different pictures"):
        families.main(["--tiny", "--quick", "--side", "64", "--no-memory", "--only", "pixart"])
