"""The chain: runs the steps of a recipe on a recording and keeps the record. It imports no step and no recipe."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .config.overrides import lay_over, lay_over_components
from .errors import Rejected
from .machine import single_threaded
from .metrics import metrics_of
from .recipe import Recipe
from .recording import Recording
from .records import ComponentsRecord, Override, RecordingRecord, StepRecord, StepTime
from .signal.channels import good_eeg
from .signal.filters.channel_bands import Extent, bands_behind, known_bands
from .signal.timeline import bad_channel_samples, good_samples
from .steps.contract import Step

WHOLE = 0.95
"""A channel is bad if annotations of its own call at least this share of the recording bad."""
MANY_BAD = 0.25
"""Share of bad EEG channels from which on a record says so among its notes."""


@dataclass(frozen=True)
class Chain:
    """A recording somewhere along its recipe. Two jobs share one chain: it is saved in between."""

    recording: Recording
    steps: tuple[StepRecord, ...] = ()
    times: tuple[StepTime, ...] = ()
    rejected: str | None = None


def run_steps(
    chain: Chain,
    steps: Sequence[Step],
    *,
    seed: int,
    overrides: Sequence[Override] = (),
    begin: Callable[[str], None] = lambda _: None,
    done: Callable[[StepRecord], None] = lambda _: None,
) -> Chain:
    """Run steps one after another, each on one thread; a rejection ends the chain with its reason.

    Parameters
    ----------
    begin
        Called with the name of each step before it.
    done
        Called with what is recorded of each step as it is done: what was found is known though a later one may fail.
    """
    if chain.rejected is not None:
        return chain
    if not chain.steps:
        chain = replace(chain, recording=_begun(chain.recording, steps, overrides))
    for step in steps:
        begin(step.name)
        step_seed = seed_of(seed, step.name, occurrence=sum(done.name == step.name for done in chain.steps))
        before = Extent.of(chain.recording.raw)
        started, started_cpu = time.perf_counter(), time.process_time()
        try:
            with single_threaded():
                recording, decisions = step.apply(chain.recording, seed=step_seed)
        except Rejected as rejection:
            return replace(chain, rejected=f"{step.name}: {rejection}")
        record = StepRecord(
            name=step.name,
            version=step.version,
            seed=step_seed,
            parameters=step.model_dump(mode="json"),
            decisions=decisions.model_dump(mode="json"),
        )
        recording = _noted(recording, step.name, decisions.why_not)
        cut = any(done.read_back().removed_segments for done in (*chain.steps, record))
        made = step.software_filter(decisions) if decisions.applied else None
        untouched = made.skipped_channels if made is not None else ()
        recording = replace(recording, bands=bands_behind(recording, before, untouched=untouched))
        chain = Chain(
            recording=_with_overrides(step, recording, overrides, cut=cut),
            steps=(*chain.steps, record),
            times=(*chain.times, _since(step.name, started, started_cpu)),
        )
        done(record)
    return chain


def seed_of(seed: int, step: str, *, occurrence: int) -> int:
    """The seed of a step, from the seed of the run and the step's name and count: 31 bits of SHA-256."""
    text = f"{seed}/{step}/{occurrence}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 1


def record_of(
    chain: Chain, name: str, *, recipe: Recipe, seed: int, overrides: Sequence[Override] = ()
) -> RecordingRecord:
    """The record of a finished chain; one that leaves nothing good is rejected, though each of its steps went well."""
    recording = chain.recording
    rejected = chain.rejected or nothing_left(recording)
    runs = [step.read_back() for step in chain.steps]
    taken_out = {index for run in runs for index in run.removed_components}
    n_borderline = sum(margin.borderline for run in runs for margin in run.margins)
    removed = tuple(component for component in recording.components if component.index in taken_out)
    return RecordingRecord(
        recording=name,
        status="rejected" if rejected else "ok",
        reason=rejected,
        recipe=recipe.name,
        recipe_digest=recipe_digest(recipe),
        seed=seed,
        notes=(*recording.notes, *many_bad(recording)),
        steps=chain.steps,
        overrides=tuple(overrides),
        bad_channels=recording.bad_channels,
        components=ComponentsRecord(total=len(recording.components), removed=removed) if recording.ica else None,
        metrics=metrics_of(recording, n_removed=len(removed), n_borderline=n_borderline),
    )


def many_bad(recording: Recording) -> tuple[str, ...]:
    """A note where more than a quarter of the EEG channels were judged bad, whatever became of the recording."""
    kinds = dict(zip(recording.raw.ch_names, recording.raw.get_channel_types(), strict=True))
    n_eeg = list(kinds.values()).count("eeg")
    n_bad = sum(kinds.get(channel.name) == "eeg" for channel in recording.bad_channels)
    if n_bad <= MANY_BAD * n_eeg:
        return ()
    return (f"{n_bad} of {n_eeg} EEG channels were judged bad, more than a quarter: look at why before using the rest",)


def nothing_left(recording: Recording) -> str:
    """Why a cleaned recording holds nothing to analyse; empty where it does."""
    raw = recording.raw
    if not good_eeg(raw, least=0):
        return f"No EEG channel of {raw.get_channel_types().count('eeg')} is good"
    if not good_samples(raw).any():
        return "BAD_ segments cover the whole recording"
    return ""


def recipe_digest(recipe: Recipe) -> str:
    """SHA-256 over the steps of a recipe, with their versions and all parameters."""
    text = "\n".join(f"{step.name} {step.version} {step.model_dump_json()}" for step in recipe.steps)
    return hashlib.sha256(text.encode()).hexdigest()


def parameters_digest(recipe: Recipe, overrides: Sequence[Override] = ()) -> str:
    """SHA-256 over all that a recording's result depends on beside input, seed, code and libraries."""
    text = "\n".join([recipe_digest(recipe), *(override.model_dump_json() for override in overrides)])
    return hashlib.sha256(text.encode()).hexdigest()


def _since(step: str, started: float, started_cpu: float) -> StepTime:
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - started_cpu
    return StepTime(name=step, wall_s=round(wall_s, 4), cpu_s=round(cpu_s, 4))


def _begun(recording: Recording, steps: Sequence[Step], overrides: Sequence[Override]) -> Recording:
    """Keep what the source says of channels; overrides then go first, or behind a first step that renames channels."""
    raw = recording.raw
    recording = replace(recording, source_bads=tuple(raw.info["bads"]), bands=known_bands(raw, told=recording.bands))
    recording = _with_annotated_channels(recording)
    renaming = bool(steps) and steps[0].renames_channels
    return recording if renaming else lay_over(recording, overrides)


def _noted(recording: Recording, step: str, why_not: str) -> Recording:
    return replace(recording, notes=(*recording.notes, f"{step}: {why_not}")) if why_not else recording


def _with_annotated_channels(recording: Recording) -> Recording:
    """Judge channels bad that annotations of their own call bad nearly all the time, and note all such annotations."""
    shares = {name: float(mask.mean()) for name, mask in bad_channel_samples(recording.raw).items()}
    if not shares:
        return recording
    bad = {name: f"annotated bad for {share:.0%} of the time" for name, share in shares.items() if share >= WHOLE}
    listed = "; ".join(f"{name}: {share:.1%}{', bad' if name in bad else ''}" for name, share in shares.items())
    note = f"BAD_ annotations of single channels mark no time bad for the others (share of the time: {listed})"
    return replace(recording.mark_bad(bad), notes=(*recording.notes, note))


def _with_overrides(step: Step, recording: Recording, overrides: Sequence[Override], *, cut: bool) -> Recording:
    """Lay overrides over what the step decided.

    Once samples were cut out, what a person said of seconds is in the annotations, which moved along.
    """
    if step.decides == "components":
        return lay_over_components(recording, overrides)
    if step.decides is not None:
        return lay_over(recording, overrides, kinds=("channel",) if cut else ("channel", "segment"))
    return recording
