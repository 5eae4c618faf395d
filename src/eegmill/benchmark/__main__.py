"""``python -m eegmill.benchmark PLAN JOB [DIGEST]``: one piece of a benchmark, for jobs of a cluster."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import EegmillError
from ..files.atomic import write_text
from ..machine import fix_environment


def main(arguments: list[str]) -> int:
    """Do one piece; the exit code."""
    fix_environment()
    from .plan import read_plan
    from .running import write_results
    from .stages import cut_one, score_one

    path, job, *digests = arguments
    try:
        plan = read_plan(Path(path))
        if job == "cut":
            cut_one(plan, plan.cuttings[digests[0]])
        elif job == "score":
            score_one(plan, next(one for one in plan.scorings if one.digest == digests[0]))
        else:
            report = write_results(plan)
            write_text(plan.work / plan.receipt, report.model_dump_json())
    except EegmillError as error:
        sys.stderr.write(f"eegmill: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
