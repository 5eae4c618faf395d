"""The recipe as a flow diagram, drawn from what its steps say of themselves."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from ..provenance.methods import sentence_in_words
from ..records import RecordingRecord, StepRecord
from ..steps import STEPS
from ..steps.contract import Step
from .svg import picture, text
from .wording import plain, uncited, unquoted

State = Literal["done", "idle", "ended", "waiting"]
"""``idle``: it found nothing to do, or could not. ``ended``: the recording ended here. ``waiting``: never reached."""
STATES = {"done": "", "idle": "no effect", "ended": "ended here", "waiting": "not reached"}
COLUMNS = 3
WIDTH, BOX_WIDTH, BOX_HEIGHT = 860.0, 262.0, 104.0
GAP_X, GAP_Y = 34.0, 26.0
LINE_LETTERS = 42


@dataclass(frozen=True)
class Box:
    """One step of the diagram."""

    name: str
    acts_on: str
    """What the step works on, and what it judges."""
    purpose: str
    """The first sentence of its own description."""
    found: str
    """What it counted: the whole numbers of its sentence in the methods text."""
    state: State
    told: str = ""
    """Its sentence in the methods text, or why it had no effect."""


def boxes_of(record: RecordingRecord, planned: Sequence[Step] = (), *, begun: bool = True) -> tuple[Box, ...]:
    """Every step that was run; then, of a recording that came to no end, those of its recipe that were not.

    Parameters
    ----------
    planned
        All steps of the recipe, if they are known: of a recording that was rejected its reason names the last one.
    begun
        Whether the steps were begun at all.
    """
    done = tuple(_done(step) for step in record.steps)
    missing = [type(step) for step in planned[len(done) :]]
    rejecting = STEPS.get(record.reason.partition(":")[0]) if record.status == "rejected" else None
    if rejecting and not missing:
        missing = [rejecting]
    return done + tuple(_box(kind, "waiting" if place or not begun else "ended") for place, kind in enumerate(missing))


def flow_figure(boxes: Sequence[Box]) -> str:
    """The diagram: rows of steps, to be read like a text; an empty text where there are none."""
    if not boxes:
        return ""
    parts = [_arrow(place) for place in range(len(boxes) - 1)]
    parts += [_drawn(number, box) for number, box in enumerate(boxes, start=1)]
    rows = (len(boxes) + COLUMNS - 1) // COLUMNS
    label = f"Flow diagram of {len(boxes)} steps: {', '.join(_in_words(box) for box in boxes)}"
    return picture(WIDTH, rows * (BOX_HEIGHT + GAP_Y), "".join(parts), label=label)


def _done(step: StepRecord) -> Box:
    run = step.read_back()
    if not run.applied:
        return _box(type(run.step), "idle", told=run.decisions.why_not or ", ".join(run.decisions.notes))
    sentence = run.sentence
    counts = {key: value for key, value in sentence.figures.items() if value == round(value)} if sentence else {}
    found = ", ".join(f"{plain(key)} {value:g}" for key, value in counts.items())
    return _box(type(run.step), "done", found=found, told=uncited(sentence_in_words(sentence)) if sentence else "")


def _box(step: type[Step], state: State, *, found: str = "", told: str = "") -> Box:
    judges = f" · judges {step.decides}" if step.decides else ""
    purpose = unquoted(inspect.cleandoc(step.__doc__ or "").partition("\n")[0])
    return Box(step.name, f"works on {step.acts_on}{judges}", purpose, found, state, told)


def _corner(place: int) -> tuple[float, float]:
    row, column = divmod(place, COLUMNS)
    return 2.0 + column * (BOX_WIDTH + GAP_X), 2.0 + row * (BOX_HEIGHT + GAP_Y)


def _drawn(number: int, box: Box) -> str:
    left, top = _corner(number - 1)
    lines = textwrap.wrap(box.purpose, LINE_LETTERS, max_lines=2, placeholder=" …")
    parts = [
        f'<rect class="step" x="{left:g}" y="{top:g}" width="{BOX_WIDTH:g}" height="{BOX_HEIGHT:g}" rx="8"/>',
        text(left + 12, top + 21, f"{number}. {box.name}", css="title"),
        text(left + 12, top + 38, box.acts_on, css="tick"),
        *(text(left + 12, top + 56 + 15 * row, line, css="purpose") for row, line in enumerate(lines)),
        text(left + 12, top + 93, STATES[box.state] or box.found, css="found"),
    ]
    told = escape(" ".join(filter(None, (box.purpose, box.told))))
    return f'<g class="flow {box.state}"><title>{told}</title>{"".join(parts)}</g>'


def _arrow(place: int) -> str:
    """From one box to the next: to the right, or from the end of a row to the beginning of the next one."""
    (left, top), (to_left, to_top) = _corner(place), _corner(place + 1)
    if to_top == top:
        y = top + BOX_HEIGHT / 2
        path = f"M{left + BOX_WIDTH:g} {y:g}H{to_left - 7:g}"
        tip = f"M{to_left - 1:g} {y:g}l-8 -4v8z"
    else:
        middle, x = top + BOX_HEIGHT + GAP_Y / 2, to_left + 24
        path = f"M{left + BOX_WIDTH / 2:g} {top + BOX_HEIGHT:g}V{middle:g}H{x:g}V{to_top - 7:g}"
        tip = f"M{x:g} {to_top - 1:g}l-4 -8h8z"
    return f'<path class="arrow" d="{path}"/><path class="tip" d="{tip}"/>'


def _in_words(box: Box) -> str:
    return f"{box.name} ({STATES[box.state]})" if STATES[box.state] else box.name
