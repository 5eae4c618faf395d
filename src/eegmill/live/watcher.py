"""Follows a run: what Snakemake says of its jobs, and what the jobs write of their recordings."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from logging import ERROR, WARNING, LogRecord
from pathlib import Path
from typing import Any

from ..files.os_errors import NO_MEMORY, tells_of_memory
from .board import Board
from .json_log import Entry, JsonLog, entry
from .progress import Line, Tail
from .screen import Screen
from .standing import DatasetJob, Standing
from .words import counted, ended_sentence, summary

OF_RECORDINGS = {"fetch": "fetches", "clean": "cleans"}
"""Rules that work on groups of recordings, and what they do."""
OF_DATASETS = {
    "resolve": "looks up its recordings",
    "dataset": "makes its tables, index and checksums",
    "features": "computes features",
}
"""Rules on whole datasets that are told as they begin; others follow at once."""
COMPLETE_LOG = "Complete log(s): "
NOTHING = "Nothing to be done"
INTERRUPTED = "Terminating processes on user request"
GRACEFUL = "Will exit after finishing currently running jobs"
OF_ENVIRONMENTS = ("Conda environment ", "Creating conda environment", "Downloading and installing remote packages")
"""What is said of environments that are made before anything runs: minutes pass meanwhile."""
TRIED_AGAIN = r"Trying to restart job (\d+)\."
SAID_OTHERWISE = (
    "Exiting because a job execution failed",
    "At least one job did not complete successfully",
    "CalledProcessError in file",
)
"""Errors of Snakemake's that say less than the lines before them."""


@dataclass
class Job:
    """A job of Snakemake's that has begun."""

    rule: str
    dataset: str
    log: Path | None
    tail: Tail | None = None
    recordings: set[str] = field(default_factory=set)
    """Those that it has spoken of."""
    failures: int = 0

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.dataset}: {self.rule}" if self.dataset else self.rule


class Watcher:
    """Shows a run on a screen and writes it into a log for machines.

    Records come from Snakemake's thread, progress from files that are looked at again and again by a thread of this.
    """

    def __init__(self, board: Board, screen: Screen | None, log: JsonLog | None, *, dry_run: bool = False) -> None:
        self.standing = Standing(board)
        self._board, self._screen, self._log, self._dry_run = board, screen, log, dry_run
        self._jobs: dict[int, Job] = {}
        self._begun: set[tuple[str, str]] = set()
        self._snakemake_log = ""
        self._failed = self._interrupted = self._came_to_its_end = self._told_jobs = self._closed = False
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        board.at_end.append(self.end_view)
        self._write(entry("run", status="began"))

    def take(self, record: LogRecord) -> None:
        """Take note of what Snakemake says."""
        with self._lock:
            event, fields = str(getattr(record, "event", None) or ""), vars(record)
            if event == "job_info" and not self._dry_run:
                self._begin(fields)
            elif event == "job_finished":
                self._finish(self._jobs.pop(fields["job_id"], None), fields["job_id"])
            elif event == "job_error":
                self._fail(self._jobs.get(fields["jobid"]), fields)
            elif event == "run_info" and self._dry_run:
                self._tell_jobs(record.getMessage())
            elif event in ("", "error"):
                self._hear(record)

    def end_view(self) -> None:
        """Show what has come in, and leave the terminal to whoever writes next."""
        self._closing.set()
        with self._lock:
            self._look()
            if self._screen is not None:
                self._screen.close()

    def close(self) -> None:
        """The run has ended; once more changes nothing."""
        if self._closed:
            return
        self._closed = True
        self.end_view()
        well = self._came_to_its_end and not self._failed and not self._board.refusal
        status = "interrupted" if self._interrupted else "ok" if well else "failed"
        if status == "failed" and self._snakemake_log:
            self._say(f"what Snakemake said of it: {self._snakemake_log}")
        self._write(entry("run", status=status, reason=self._board.refusal or summary(self.standing)))
        if self._log is not None:
            self._log.close()

    def _begin(self, fields: Mapping[str, Any]) -> None:
        number, rule = fields["jobid"], str(fields["rule_name"]).removeprefix("eegmill_")
        dataset = str((fields.get("wildcards") or {}).get("dataset", ""))
        job = self._jobs[number] = Job(rule, dataset, next(map(Path, fields.get("log") or ()), None))
        if rule in OF_RECORDINGS and job.log is not None:
            job.tail = Tail(job.log.with_suffix(".progress"))
        elif dataset:
            self._write(entry("stage", dataset=dataset, stage=rule))
        if dataset:
            doing = f"{rule}: starts" if job.tail is not None else rule
            self.standing.jobs[number] = DatasetJob(dataset, doing, self.standing.clock())
            self._tell_begin(dataset, rule)
        self._watch()

    def _tell_begin(self, dataset: str, rule: str) -> None:
        """Say once what a dataset is at."""
        if self._screen is None or (dataset, rule) in self._begun:
            return
        self._begun.add((dataset, rule))
        if rule in OF_RECORDINGS:
            n = len(self._board.expected.get(dataset, ()))
            self._screen.begin(f"{dataset}: {OF_RECORDINGS[rule]} {counted(n)}")
        elif rule in OF_DATASETS:
            self._screen.begin(f"{dataset}: {OF_DATASETS[rule]}")

    def _finish(self, job: Job | None, number: int) -> None:
        self._look()
        self.standing.jobs.pop(number, None)
        if job is None or job.tail is not None:
            self._read(job)
        elif job.dataset:
            self._write(entry("ended", dataset=job.dataset, stage=job.rule, status="ok"))

    def _fail(self, job: Job | None, fields: Mapping[str, Any]) -> None:
        self._failed = True
        if job is None:
            job = Job(str(fields["rule_name"]), "", next(map(Path, fields.get("log") or ()), None))
        self._read(job)
        self.standing.jobs.pop(fields["jobid"], None)
        self.standing.drop(job.dataset, job.recordings)
        if not job.failures and not self._interrupted:
            reason = _reason(job.log)
            self._say(f"{job.name}: failed: {reason}")
            self._write(entry("ended", dataset=job.dataset, stage=job.rule, status="failed", reason=reason))

    def _hear(self, record: LogRecord) -> None:
        """What Snakemake says in words: most of it goes without saying."""
        text = record.getMessage().strip()
        if text.startswith(COMPLETE_LOG):
            self._snakemake_log, self._came_to_its_end = text.removeprefix(COMPLETE_LOG), True
        elif text.startswith(NOTHING):
            self._came_to_its_end = True
            self._message("Nothing to be done: everything is there, as it was asked for.", "info")
        elif text.startswith(INTERRUPTED):
            self._interrupted = True
            self._message("Interrupted: ends what is under way. What is done stays.", "info")
        elif text.startswith(GRACEFUL):
            self._message("Asked to end: waits for what is under way. What is done stays.", "info")
        elif text.startswith(OF_ENVIRONMENTS):
            self._message(text, "info")
        elif tried := re.match(TRIED_AGAIN, text):
            job = self._jobs.get(int(tried[1]))
            self._message(f"{job.name if job else 'a job'}: is tried again", "info")
        elif record.levelno >= WARNING and not any(words in text for words in SAID_OTHERWISE):
            self._failed |= record.levelno >= ERROR
            text = NO_MEMORY if tells_of_memory(text) else text
            self._message(text, "error" if record.levelno >= ERROR else "warning")

    def _tell_jobs(self, table: str) -> None:
        if not self._told_jobs and self._screen is not None:
            self._told_jobs = True
            self._screen.show(table)
            for dataset, recordings in self._board.expected.items():
                self._screen.say(f"{dataset}: would clean {counted(len(recordings))}")
        self._came_to_its_end = True

    def _watch(self) -> None:
        """Look at what the jobs write, from the first job on."""
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._keep_looking, name="watcher", daemon=True)
            self._thread.start()

    def _keep_looking(self) -> None:
        every_s = self._screen.every_s if self._screen is not None else 1.0
        while not self._closing.wait(every_s):
            with self._lock:
                if not self._closing.is_set():
                    self._look()

    def _look(self) -> None:
        for number, job in list(self._jobs.items()):
            self._read(job)
            if job.recordings:
                self.standing.jobs.pop(number, None)
        if self._screen is not None and not self._closing.is_set():
            self._screen.draw(self.standing)

    def _read(self, job: Job | None) -> None:
        for line in job.tail.new() if job is not None and job.tail is not None else ():
            assert job is not None
            self.standing.note(job.dataset, line)
            job.recordings.add(line.recording)
            self._write(_entry_of(job.dataset, line))
            if line.event == "ended":
                job.failures += line.status == "failed"
                if line.status != "interrupted" and (line.stage != "fetch" or line.status != "ok"):
                    self._say(ended_sentence(line))

    def _message(self, text: str, status: str) -> None:
        self._say(text)
        self._write(entry("message", status=status, reason=text))

    def _say(self, text: str) -> None:
        if self._screen is not None:
            self._screen.say(text)

    def _write(self, told: Entry) -> None:
        if self._log is not None:
            self._log.write(told)


def _entry_of(dataset: str, line: Line) -> Entry:
    return entry(
        line.event,
        time=line.time,
        dataset=dataset,
        recording=line.recording,
        stage=line.stage,
        step=line.step,
        status=line.status,
        reason=line.reason,
        cpu_s=line.cpu_s,
    )


def _reason(log: Path | None) -> str:
    """What the job of a log wrote down of its failure, or else where to look."""
    if log is None:
        return "it has no log"
    try:
        return str(json.loads(log.with_suffix(".failure.json").read_bytes())["reason"])
    except (OSError, ValueError, KeyError):
        return f"see {log}"
