"""Deciding on one copy of the signal and writing another: the end. ``decide_on`` is the beginning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from ..errors import Rejected
from ..machine import leave_memory
from ..recording import Recording
from .contract import ActsOn, Decisions, Sentence, Step

if TYPE_CHECKING:
    import mne

    from ..recording import SetAside


class RestoreDecisions(Decisions):
    """From where on the signal reaches again."""

    highpass_hz: float | None
    """Lower end of the pass band of what is written; None: no high-pass is known."""


class Restore(Step):
    """Put back what ``decide_on`` set aside: all that was decided since is then applied to the signal that is written.

    Bad channels, ``BAD_`` segments, components and their labels stay as they are.
    """

    name: ClassVar[str] = "restore"
    decisions_type: ClassVar[type[Decisions]] = RestoreDecisions
    acts_on: ClassVar[ActsOn] = "signal"
    puts_back: ClassVar[bool] = True
    needs: ClassVar[Mapping[str, str]] = {"decide_on": "nothing was set aside before it"}

    def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, RestoreDecisions]:  # noqa: ARG002 - no chance
        """Add what was set aside, in place.

        Raises
        ------
        Rejected
            If nothing was set aside.
        """
        if recording.aside is None:
            msg = "Nothing was set aside that could be put back"
            raise Rejected(msg)
        put_back(recording.raw, recording.aside)
        decisions = RestoreDecisions(highpass_hz=recording.aside.highpass_hz or None)
        return replace(recording, bands=recording.aside.bands, aside=None), decisions

    def sentence(self, decisions: RestoreDecisions) -> Sentence:
        """That what is written was not filtered as the copy was."""
        reach = "" if decisions.highpass_hz is None else f", which reaches down to {decisions.highpass_hz:g} Hz"
        return Sentence(f"All of it was then applied to the recording without the filter of the copy{reach}.")


def put_back(raw: mne.io.BaseRaw, aside: SetAside) -> None:
    """Add what was set aside to the samples, and tell the band that they have again."""
    for channel, removed in zip(raw._data, aside.removed, strict=True):
        channel += removed
        leave_memory(removed)
    with raw.info._unlock():
        raw.info["highpass"] = aside.highpass_hz
