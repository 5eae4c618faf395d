"""The page of one recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..bids.paths import DerivativePaths
from ..config.overrides import COLUMNS
from ..records import RecordingRecord
from .borderline import borderline_rows
from .components import COURSE_S
from .decisions import Decider, channel_rows
from .figures import Figures
from .flow import Box, boxes_of, flow_figure
from .summary import Fact, facts_of, step_summaries
from .templating import templates
from .unfinished import Unfinished
from .verdict import lights_of, sentence_of


@dataclass(frozen=True)
class Link:
    """A file beside the page."""

    address: str
    words: str


def recording_page(
    record: RecordingRecord,
    figures: Figures,
    *,
    version: str,
    dataset: str = "",
    methods: str = "",
    flow: Sequence[Box] = (),
    unfinished: Unfinished | None = None,
    back: str | None = None,
    neighbours: bool = True,
) -> str:
    """HTML of one recording: what was done, what was decided, and how it looks. Holds no time and no path.

    Parameters
    ----------
    dataset
        Its name in the configuration, for overrides.
    methods
        The paragraph for a paper.
    flow
        The steps of the recipe; by default those that the record has.
    unfinished
        Of a recording that failed: what is known beside the record.
    back
        Relative address of the page that lists all recordings; by default that of a derivative, as seen from the place
        of the recording's page.
    neighbours
        Whether that page knows the way to the previous and the next recording.
    """
    decider = Decider(dataset, record.recording)
    facts: tuple[Fact, ...] = facts_of(record)
    template = templates().get_template("recording.html.j2")
    return template.render(
        record=record,
        figures=figures,
        essence=figures.essence,
        facts=facts,
        sentence=sentence_of(record),
        lights=lights_of(record),
        near=borderline_rows(record, decider),
        channels=channel_rows(record, decider, figures.still_bad),
        good_channels={name: decider.channel(name, bad=False).cells for name in figures.good_channels},
        links=_links(record),
        methods=methods,
        columns=COLUMNS,
        decides={"dataset": dataset, "recording": record.recording, "columns": COLUMNS},
        course_s=COURSE_S,
        steps=step_summaries(record),
        flow=flow_figure(flow or boxes_of(record)),
        unfinished=unfinished,
        neighbours=neighbours,
        back=back or f"{'../' * len(DerivativePaths(record.recording).subject_folder.parts)}index.html",
        version=version,
        title=record.recording,
    )


def _links(record: RecordingRecord) -> tuple[Link, ...]:
    """Files of a cleaned recording, as seen from its page."""
    if record.status != "ok":
        return ()
    paths = DerivativePaths(record.recording)
    files = {
        paths.record: "record: every decision and parameter",
        paths.file("desc-preproc", "events.tsv"): "events and bad segments",
        paths.file("desc-preproc", "channels.tsv"): "channels",
        paths.signal: "clean signal",
    }
    return tuple(Link(path.relative_to(paths.subject_folder).as_posix(), words) for path, words in files.items())
