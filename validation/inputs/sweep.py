"""Run every input, and print what became of it: ok, refused, told or wrong.

    python -m validation.inputs.sweep [--cases FOLDER] [--seed N] [--only TEXT] [--each]

``FOLDER`` (or the environment variable ``EEGMILL_CASES``) holds scripts that write one input each, to the folder that they are
called with; the variants of this package need nothing. Ends with 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import warnings
from collections import Counter
from itertools import chain
from pathlib import Path

import mne

from validation.inputs.known import known_cases
from validation.inputs.variants import variants
from validation.inputs.verdict import Verdict, Word, judged
from validation.markdown import print_table

WORDS: tuple[Word, ...] = ("ok", "told", "refused", "wrong")


def main() -> int:
    """Run and print; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=Path, default=os.environ.get("EEGMILL_CASES"), help="folder of scripts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only cases whose kind or name has this text")
    parser.add_argument("--each", action="store_true", help="print a line for each case, not only for what is wrong")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    mne.set_log_level("error")
    cases = chain(known_cases(Path(given.cases)) if given.cases else (), variants(given.seed))
    verdicts = []
    for case in cases:
        if given.only in f"{case.kind} {case.name}":
            with tempfile.TemporaryDirectory() as folder:
                verdicts.append(judged(case, Path(folder)))
            print(f"{verdicts[-1].word:8}{case.kind}: {case.name}", file=sys.stderr, flush=True)
    _print(verdicts, each=given.each)
    return int(any(verdict.word == "wrong" for verdict in verdicts))


def _print(verdicts: list[Verdict], *, each: bool) -> None:
    kinds = dict.fromkeys(verdict.case.kind for verdict in verdicts)
    counts = {kind: Counter(one.word for one in verdicts if one.case.kind == kind) for kind in kinds}
    print("# Inputs")
    print_table("kind | " + " | ".join(WORDS), ([kind, *(str(counts[kind][word]) for word in WORDS)] for kind in kinds))
    shown = [one for one in verdicts if each or one.word == "wrong"]
    if shown:
        print_table(
            "kind | input | what became of it | what was seen",
            ([one.case.kind, _cell(one.case.name), one.word, _cell(one.seen)] for one in shown),
        )


def _cell(text: str) -> str:
    short = text if len(text) <= 150 else f"{text[:147]}..."
    return short.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
