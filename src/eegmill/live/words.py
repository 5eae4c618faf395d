"""A run in words."""

from __future__ import annotations

from .progress import Line
from .standing import Running, Standing

SHOWN = {"decompose": "clean"}
"""Stages that are told as part of another."""
MINUTE_S, HOUR_S = 60, 3600


def ended_sentence(line: Line) -> str:
    """What became of a recording.

    Examples
    --------
    >>> ended_sentence(Line(event="ended", time="", recording="sub-01", stage="clean", status="ok", reason="All good."))
    'sub-01: ok: All good.'
    """
    took = f" ({duration(line.wall_s)})" if line.wall_s is not None and line.status != "failed" else ""
    stage = f"{line.stage}: " if line.status == "failed" else ""
    reason = f": {stage}{line.reason}" if line.reason else ""
    return f"{line.recording}: {line.status}{took}{reason}"


def step_words(one: Running, n_steps: int) -> str:
    """What a recording is at: its stage, or its step with its number."""
    stage = SHOWN.get(one.stage, one.stage)
    if stage != "clean" or not one.step:
        return stage
    return f"{one.step} ({one.position} of {n_steps})" if one.position else one.step


def summary(standing: Standing) -> str:
    """How far the run is: ``2 of 4 recordings done, 1 failed, about 3 min left``."""
    counts, n = standing.counts, standing.n_expected
    done = sum(counts.values()) - counts["failed"]
    parts = [f"{done} of {n} recordings done"] if n else []
    parts += [f"{counts[status]} {status}" for status in ("rejected", "failed") if counts[status]]
    left_s = standing.left_s()
    parts += [f"about {duration(left_s)} left"] if left_s is not None and standing.running else []
    return ", ".join(parts)


def counted(n_recordings: int) -> str:
    """So many recordings."""
    return f"{n_recordings} recording{'' if n_recordings == 1 else 's'}"


def duration(seconds: float) -> str:
    """A duration for people.

    Examples
    --------
    >>> duration(9.6), duration(119), duration(4000)
    ('10 s', '2 min', '1 h 7 min')
    """
    if seconds < 1.5 * MINUTE_S:
        return f"{seconds:.0f} s"
    minutes = round(seconds / MINUTE_S)
    return f"{minutes} min" if seconds < HOUR_S else f"{minutes // 60} h {minutes % 60} min"
