"""What a cleaning step is, and all that the rest of eegmill may ask of one.

A step tells everything about itself in its own module: no other module knows a step by its name or by the fields of its
decisions. What a step was when it ran is read back from a record by `eegmill.records.StepRecord.read_back`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from ..models import Frozen, Written
from ..recording import Recording, Segment

ActsOn = Literal["channels", "sampling", "signal", "marks", "components", "epochs"]
"""``channels``: names, types, positions, or the samples of bad channels alone. ``sampling``: rate and length.
``signal``: samples of good channels. ``marks``: which channels and stretches are bad. ``components``: the
decomposition and its labels. ``epochs``: epochs."""
Decides = Literal["channels", "segments", "components"]

NOT_ON_A_COPY: Mapping[ActsOn, str] = {
    "channels": "it changes channels, and what was set aside is of the channels before",
    "sampling": "it changes the time axis, and what was set aside has the one before",
    "signal": "it would change the copy, and not the signal that is written",
    "epochs": "it makes or changes epochs, and they would be of the copy",
}
"""Why a step that acts on these must not stand where the signal is set aside."""

CITED = re.compile(r"@([a-z]+[0-9]{4})")


class Decisions(Frozen):
    """What a step decided, and why. Each step subclasses it with its own fields."""

    applied: bool = True
    """False where the step could not do its work (``why_not``), or found nothing to do (``notes``)."""
    why_not: str = ""
    """What kept the step from its work. The chain puts it among the notes of the record."""
    notes: tuple[str, ...] = ()
    """What was left out, found to be unnecessary, or done in another way than the parameters say."""

    @model_validator(mode="after")
    def _not_both(self) -> Decisions:
        if self.applied and self.why_not:
            msg = f"a step that was applied has no reason why it was not: '{self.why_not}'"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Sentence:
    """A sentence of the methods text: equal for all recordings in which a step did its work in the same way."""

    text: str
    """Cites by ``[@key]``; the keys are those of `eegmill.provenance.references`."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Numbers of one recording: ``{key}`` in the text becomes their mean and standard deviation over recordings, and
    ``{key|channel|channels}`` that with the word that fits it."""

    @property
    def cites(self) -> tuple[str, ...]:
        """Keys of the references, in the order in which the text cites them."""
        return tuple(dict.fromkeys(CITED.findall(self.text)))


class Margin(Frozen):
    """How far the score of what was judged lies from its limit, beside how far small changes of the input move it.

    Of several criteria, that which decided: the one farthest on the side of bad.
    """

    kind: Literal["channel", "segment", "component"]
    name: str
    """The channel, the index of the component, or where the segment lies."""
    criterion: str
    """What the score is, in words, with its unit."""
    score: float
    limit: float
    uncertainty: float
    """By how much another second of the recording, or a hundredth of noise, may move the score: the step says how it
    knows."""
    onset_s: float | None = None
    """Where a segment begins, on the time axis before the step; None for all else."""
    duration_s: float | None = None
    fixed: str = ""
    """Why no override turns the decision round, and what does; empty where an override can."""

    @property
    def criterion_name(self) -> str:
        """The criterion without what differs from run to run, such as a limit taken from the recording."""
        return re.split(r": | \(", self.criterion, maxsplit=1)[0]

    @property
    def away(self) -> float:
        """How far the score lies on the side of bad, in units of its uncertainty."""
        return (self.score - self.limit) / max(self.uncertainty, 1e-12)

    @property
    def borderline(self) -> bool:
        """Whether a small change of the input can turn the decision round."""
        return abs(self.score - self.limit) <= self.uncertainty

    @property
    def bad(self) -> bool:
        """On which side of the limit the score lies. What became of the thing may differ: a person may have decided."""
        return self.score > self.limit

    @property
    def words(self) -> str:
        """The score beside its limit, as a reader wants it."""
        return f"{self.criterion} {self.score:.3g} (limit {self.limit:.4g} ± {self.uncertainty:.2g})"


class SoftwareFilter(Frozen):
    """A filter as it was applied: what ``SoftwareFilters`` of the BIDS sidecar says of it."""

    design: str
    highpass_hz: float | None = None
    """Lower end of the pass band; None: the filter has none."""
    lowpass_hz: float | None = None
    """Upper end of the pass band; None: the filter has none."""
    notch_hz: tuple[float, ...] = ()
    """Frequencies that were taken out."""
    transition_hz: float | None = None
    """Width of each transition band."""
    channels: str = "EEG, EOG, ECG, EMG"
    """Kinds of channels that were filtered."""
    skipped_channels: tuple[str, ...] = ()
    """Channels of these kinds that were left as they were: they hold NaN or infinity."""
    not_written: str | None = None
    """What the filtered signal served, where the samples that are written were not filtered so."""


class Step(Written, ABC):
    """One step of a recipe: its parameters are its fields, ``apply`` does the work, all else tells what it does.

    A step module imports only the standard library, numpy, pydantic and ``eegmill.steps`` at its top; mne, scipy and
    whatever is heavier are imported inside the functions that use them, so that a recipe can be read in
    milliseconds.

    Methods that take ``decisions`` are given what ``apply`` returned, of the step's own class ``decisions_type``. Where
    a step was not applied, nobody asks for its sentence or its filter.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    decisions_type: ClassVar[type[Decisions]]
    """The class of the decisions that ``apply`` returns."""
    acts_on: ClassVar[ActsOn]
    decides: ClassVar[Decides | None] = None
    """What the step judges: a person's decisions of this kind are laid over the recording behind it."""
    needs: ClassVar[Mapping[str, str]] = {}
    """Steps that must come earlier in a recipe, each with the reason told to the user."""
    never_after: ClassVar[Mapping[str, str]] = {}
    """Steps that must not come earlier in a recipe, each with the reason told to the user."""
    never_after_signal: ClassVar[str] = ""
    """Why no step that acts on the signal may come earlier in a recipe; empty where some may."""
    expensive: ClassVar[bool] = False
    """Whether a chain is kept behind this step, so that what follows can be changed without doing it again."""
    renames_channels: ClassVar[bool] = False
    """Whether a person's decisions name channels as they are called behind this step."""
    sets_aside: ClassVar[bool] = False
    """Whether the steps behind it decide on a copy of the signal, until one puts back what was set aside."""
    puts_back: ClassVar[bool] = False
    """Whether what was set aside is in the signal again behind this step."""
    ends_volts: ClassVar[bool] = False
    """Whether EEG samples have no unit behind this step: none but epochs may follow."""
    makes_epochs: ClassVar[bool] = False
    makes_components: ClassVar[bool] = False
    former_names: ClassVar[Mapping[str, str]] = {}
    """Former name of a parameter to its present one: the former is refused with the present in the message."""

    @abstractmethod
    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, Decisions]:
        """Do the step: the new recording, and what was decided."""

    @abstractmethod
    def sentence(self, decisions: Any) -> Sentence | None:
        """What the methods text says of the step where it was applied; None where it is not worth a sentence."""

    def software_filter(self, decisions: Any) -> SoftwareFilter | None:  # noqa: ARG002 - for steps that filter
        """The filter that was applied; None for steps that do not filter."""
        return None

    def band_hz(self) -> tuple[float | None, float | None]:
        """Lowest and highest frequency that is left behind the step with these parameters; None: it takes none away."""
        return None, None

    def wanted_hz(self) -> tuple[float, ...]:
        """Frequencies that the step works at, with these parameters: the recording must still hold them."""
        return ()

    def spoils_components(self) -> str:
        """Why a decomposition no longer fits the recording behind this step; empty where it does."""
        return ""

    def not_on_a_copy(self) -> str:
        """Why the step must not stand where decisions are made on a copy of the signal; empty where it may."""
        if self.cuts_samples:
            return "it takes samples out, and what was set aside keeps them"
        return NOT_ON_A_COPY.get(self.acts_on, "")

    def libraries(self) -> tuple[str, ...]:
        """Modules that are slow to import and that ``apply`` loads, with these parameters, beside scipy.signal and MNE.

        A job on several recordings loads them once.
        """
        return ()

    @property
    def cuts_samples(self) -> bool:
        """Whether the step, with these parameters, takes samples out of the recording."""
        return False

    def removed_segments(self, decisions: Any) -> tuple[Segment, ...]:  # noqa: ARG002 - for steps that cut
        """Stretches that were taken out, in seconds on the time axis before."""
        return ()

    def repaired_segments(self, decisions: Any) -> tuple[Segment, ...]:  # noqa: ARG002 - for steps that repair
        """Stretches whose samples were changed because they were bad, in seconds on the time axis before."""
        return ()

    def removed_components(self, decisions: Any) -> tuple[int, ...]:  # noqa: ARG002 - for steps that remove some
        """Indices of the components that were taken out."""
        return ()

    def margins(self, decisions: Any) -> tuple[Margin, ...]:  # noqa: ARG002 - for steps that judge
        """What was judged by a score and a limit, and how near the two lie: of each thing what decided."""
        return ()

    def criteria(self, decisions: Any) -> tuple[Margin, ...]:
        """The same by every criterion: of a thing there may be several."""
        return self.margins(decisions)

    def doubts(self, decisions: Any) -> tuple[str, ...]:  # noqa: ARG002 - for steps that look at the whole recording
        """What of the whole recording is in doubt, such as ``size``: its notes say why."""
        return ()

    def findings(self, decisions: Any) -> tuple[str, ...]:  # noqa: ARG002 - for steps that name what they find
        """What was found, a sentence each."""
        return ()

    def not_tested(self, decisions: Any) -> tuple[str, ...]:  # noqa: ARG002 - for steps that cannot always look
        """What could not be looked for, and why."""
        return ()

    def renamed(self, decisions: Any) -> Mapping[str, str]:  # noqa: ARG002 - for steps that rename
        """Names of channels before to those behind the step."""
        return {}

    def template_positions(self, decisions: Any) -> tuple[str, ...]:  # noqa: ARG002 - for steps that place electrodes
        """Channels that were given the position of a template, which nobody measured."""
        return ()

    def epochs_baseline_s(self) -> tuple[float | None, float | None] | None:
        """The interval, from the event, whose mean was subtracted from the epochs; None: nothing was."""
        return None
