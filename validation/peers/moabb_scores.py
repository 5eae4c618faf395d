"""Scores and statistics of MOABB 1.7.2, which runs without network on data that it makes up.

    python -m validation.peers.moabb_scores FOLDER

Writes what was scored (``items.npz``) and what came of it (``found.json``) into a folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

N_SUBJECTS = (5, 9, 25)


def scores(folder: Path) -> dict[str, dict[str, float]]:
    """ROC AUC of each subject, by a model of all others, of two pipelines."""
    os.environ["MNE_DATA"] = str(folder)
    import moabb
    from moabb.datasets.fake import FakeDataset
    from moabb.evaluations import CrossSubjectEvaluation
    from moabb.paradigms import LeftRightImagery
    from pyriemann.estimation import Covariances
    from pyriemann.spatialfilters import CSP
    from pyriemann.tangentspace import TangentSpace
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    moabb.set_log_level("ERROR")
    dataset = FakeDataset(["left_hand", "right_hand"], n_subjects=6, n_sessions=1, n_runs=2, seed=12)
    paradigm = LeftRightImagery(fmin=8, fmax=32)
    x, y, about = paradigm.get_data(dataset)
    np.savez(folder / "items.npz", x=x, y=y.astype(str), groups=about.subject.to_numpy().astype(str))
    linear = LogisticRegression(max_iter=1000, class_weight="balanced")
    pipelines = {
        "riemann": make_pipeline(Covariances("oas"), TangentSpace(), linear),
        "csp_lda": make_pipeline(Covariances("oas"), CSP(4, metric="euclid", log=True), LinearDiscriminantAnalysis()),
    }
    evaluation = CrossSubjectEvaluation(
        paradigm=paradigm, datasets=[dataset], overwrite=True, hdf5_path=str(folder), random_state=1
    )
    table = evaluation.process(pipelines)
    return {name: table[table.pipeline == name].set_index("subject").score.to_dict() for name in pipelines}


def statistics() -> dict[str, Any]:
    """One-sided p and effect of made-up differences, of each dataset and together."""
    from moabb.analysis.meta_analysis import compute_dataset_statistics, find_significant_differences

    generator = np.random.default_rng(3)
    differences = {f"d{n:02d}": generator.normal(0.02, 0.05, n).tolist() for n in N_SUBJECTS}
    rows = [
        {"dataset": dataset, "subject": str(k), "session": "0", "pipeline": pipeline, "score": 0.5 + value * share}
        for dataset, values in differences.items()
        for k, value in enumerate(values)
        for pipeline, share in (("a", 1.0), ("b", 0.0))
    ]
    table = compute_dataset_statistics(pd.DataFrame(rows))
    p, smd = find_significant_differences(table)
    own = table[(table.pipe1 == "a") & (table.pipe2 == "b")].set_index("dataset")
    return {
        "differences": differences,
        "p": own.p.to_dict(),
        "smd": own.smd.to_dict(),
        "together": [float(p.loc["a", "b"]), float(smd.loc["a", "b"])],
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    (target / "found.json").write_text(json.dumps({"scores": scores(target), "statistics": statistics()}))
