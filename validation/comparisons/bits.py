"""Whether two runs, and one and two BLAS threads, give identical bits, step by step, as a Markdown section.

    python -m validation.comparisons.bits

Each run is a process of its own, whose number of threads the environment sets. Each step runs alone (``Step.apply``, as nothing but
its own code limits threads) on the recording after ``import`` and ``clean_drifts``; what is compared are SHA-256 of all samples and of
the decisions. ``eegmill.clean`` is the whole recipe ``eegprep`` with 50 iterations of Picard.
"""

from __future__ import annotations

from validation.markdown import print_table
from validation.processes import output_of

RECORDINGS = ("eeglab-sample", "eegmat")
RUNS = {"one thread": 1, "one thread again": 1, "two threads": 2}


def digests(recording: str, threads: int) -> dict[str, str]:
    """The digests of one run, by step."""
    found: dict[str, str] = output_of("comparisons.step_digests", recording, str(threads), threads=threads)
    return found


def main() -> None:
    """Run, compare and print."""
    print("## Identical bits\n")
    print("The first line shows what the threads change where nobody takes care.")
    runs = {name: [digests(name, threads) for threads in RUNS.values()] for name in RECORDINGS}
    rows = []
    for step in runs[RECORDINGS[0]][0]:
        cells = []
        for first, again, two in runs.values():
            cells += ["equal" if first[step] == other[step] else "DIFFERENT" for other in (again, two)]
        rows.append((step, *cells))
    titles = (f"{name}: two runs | {name}: one and two threads" for name in RECORDINGS)
    print_table("step | " + " | ".join(titles), rows)


if __name__ == "__main__":
    main()
