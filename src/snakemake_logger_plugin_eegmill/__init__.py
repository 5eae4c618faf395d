"""The view of a run, where Snakemake looks for it: ``snakemake --logger eegmill``, which the profiles say themselves.

Snakemake imports every plugin as it starts, before it has read a Snakefile. So nothing of eegmill is imported here
until the Snakefile has: a clone may bring code of its own.
"""

import logging
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

if TYPE_CHECKING:
    from eegmill.live.watcher import Watcher

OWN_WORDS = ("verbose", "printshellcmds", "debug_dag", "quiet")
"""Settings of people who want to read what Snakemake itself says."""


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """Options of the command line."""

    json_log: Optional[str] = field(  # noqa: UP045 - Snakemake reads this form alone
        default=None,
        metadata={"help": "File that what happens is added to, one JSON object a line; '-' is the standard output."},
    )


class LogHandler(LogHandlerBase):
    """Hands what Snakemake says to the watcher of the run."""

    def __post_init__(self) -> None:
        self._early: list[logging.LogRecord] = []
        self._watcher: Watcher | None = None

    @property
    def writes_to_stream(self) -> bool:
        """Whether Snakemake's own words are left out."""
        return not any(getattr(self.common_settings, name, None) for name in OWN_WORDS)

    @property
    def writes_to_file(self) -> bool:
        """The log for machines is no log of Snakemake's."""
        return False

    @property
    def has_filter(self) -> bool:
        """Everything is looked at."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Records are read by their fields."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It is not drawn."""
        return False

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on, as soon as the Snakefile has brought eegmill."""
        try:
            if self._watcher is None and "eegmill" not in sys.modules:
                self._early.append(record)
                return
            self._watch().take(record)
        except Exception:  # the edge: a fault of the view must not end the run
            self.handleError(record)

    def close(self) -> None:
        """End the view; without a Snakefile that brought eegmill, say what went wrong."""
        if self._watcher is not None or "eegmill" in sys.modules:
            self._watch().close()
        else:
            for record in self._early:
                if record.levelno >= logging.WARNING:
                    sys.stderr.write(f"{record.getMessage()}\n")
        super().close()

    def _watch(self) -> "Watcher":
        if self._watcher is None:
            from eegmill.live.start import watcher

            self._watcher = watcher(
                json_log=getattr(self.settings, "json_log", None),
                with_screen=self.writes_to_stream,
                color=not self.common_settings.nocolor,
                dry_run=self.common_settings.dryrun,
            )
            for record in self._early:
                self._watcher.take(record)
        return self._watcher
