"""Small changes of a recording, none of which should change what is thought of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..recording import Recording, from_first_sample
from ..records import Override
from .noise import white_noise

if TYPE_CHECKING:
    import mne

DROPPED_S = 1.0
SHORTEST_S = 10 * DROPPED_S
"""A second more or less is no small change of a recording that is shorter."""


@dataclass(frozen=True)
class Perturbation:
    """One small change of a recording, or of the seed that it is cleaned by."""

    name: str
    noise_seed: int | None = None
    """None adds no noise."""
    start_s: float = 0.0
    """What is dropped at the start."""
    end_s: float = 0.0
    """What is dropped at the end."""
    seed_shift: int = 0
    """Added to the seed of the run."""

    def recording(self, source: Recording) -> Recording:
        """The recording with the change, as a copy."""
        raw = source.raw.copy()
        if self.noise_seed is not None:
            _add_noise(raw, self.noise_seed)
        return replace(source, raw=_without_ends(raw, self.start_s, self.end_s))

    def overrides(self, given: Sequence[Override], lasts_s: float) -> tuple[Override, ...]:
        """A person's decisions on the time axis of the changed recording, which lasted ``lasts_s`` before."""
        return tuple(_moved(given, self.start_s, lasts_s - self.start_s - self.end_s))


UNCHANGED = Perturbation("as it is")


def perturbations(*, noise_runs: int, seed_runs: int) -> tuple[Perturbation, ...]:
    """Noise in several draws, the first and the last second dropped, other seeds.

    Raises
    ------
    ConfigurationError
        If a number is negative, or no whole number.
    """
    for name, count in {"noise_runs": noise_runs, "seed_runs": seed_runs}.items():
        if not isinstance(count, int) or count < 0:
            msg = f"{name}: {count!r} is no number of runs: take 0 or more."
            raise ConfigurationError(msg)
    return (
        *(Perturbation(f"noise {draw}", noise_seed=draw) for draw in range(1, noise_runs + 1)),
        Perturbation("first second dropped", start_s=DROPPED_S),
        Perturbation("last second dropped", end_s=DROPPED_S),
        *(Perturbation(f"other seed {shift}", seed_shift=shift) for shift in range(1, seed_runs + 1)),
    )


def _add_noise(raw: mne.io.BaseRaw, seed: int) -> None:
    """Add noise to the EEG channels in place, but not to one that holds a single value, as a reference does."""
    picks = [pick for pick, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    for pick, noise in zip(picks, white_noise(raw._data[picks], seed=seed), strict=True):
        channel = raw._data[pick]
        if (channel != channel[0]).any():
            channel += noise


def _without_ends(raw: mne.io.BaseRaw, start_s: float, end_s: float) -> mne.io.BaseRaw:
    if not start_s and not end_s:
        return raw
    sfreq_hz = float(raw.info["sfreq"])
    start, stop = round(start_s * sfreq_hz), raw.n_times - round(end_s * sfreq_hz)
    return from_first_sample(raw.crop(start / sfreq_hz, (stop - 1) / sfreq_hz, verbose="error"))


def _moved(given: Sequence[Override], start_s: float, lasts_s: float) -> Iterator[Override]:
    """Segments earlier by what was dropped, within what is left; one of which nothing is left goes."""
    for override in given:
        if override.onset_s is None or override.duration_s is None:
            yield override
            continue
        onset_s = max(override.onset_s - start_s, 0.0)
        end_s = min(override.onset_s - start_s + override.duration_s, lasts_s)
        if end_s > onset_s:
            yield override.model_copy(update={"onset_s": onset_s, "duration_s": end_s - onset_s})


def duration_s(recording: Recording) -> float:
    """How long a recording lasts."""
    return float(recording.raw.n_times / recording.raw.info["sfreq"])


def long_enough(recording: Recording) -> None:
    """Refuse a recording of which a second is much.

    Raises
    ------
    ConfigurationError
        Says how long it is.
    """
    lasts_s = duration_s(recording)
    if lasts_s < SHORTEST_S:
        msg = f"The recording lasts {lasts_s:g} s, of which a second is no small part: {SHORTEST_S:g} s are needed."
        raise ConfigurationError(msg)
