"""What a result means, in sentences, with how little it may mean."""

from __future__ import annotations

from collections.abc import Sequence

from .summary import SummaryRow

METRIC_WORDS = {
    "roc_auc": "ROC AUC",
    "balanced_accuracy": "balanced accuracy",
    "r2": "R²",
    "mae": "mean absolute error",
}
FEW = 10
"""Below so many subjects an interval is a rough guide at best."""
DESIGNS = {
    "within": "Each subject has all classes; a model is tested on subjects whom it never saw.",
    "between": "Subjects differ in what is predicted; a model is tested on subjects whom it never saw.",
    "blocks": "A model is trained and tested on the same recording, on other stretches of time, with a gap between: "
    "this says how well moments of this recording are told apart, and nothing of other people.",
}


def sentence(row: SummaryRow) -> str:
    """A result in words."""
    if row.refused or row.value is None:
        return f"{row.pipeline}: no score. {row.refused}"
    words = f"{row.pipeline}: {METRIC_WORDS[row.metric]} {row.value:.2f}"
    return f"{words}, {_interval(row)}{_p(row)}."


def _interval(row: SummaryRow) -> str:
    if row.low is None or row.high is None or row.chance is None:
        return f"without an interval ({counted(row)})"
    where = "spans" if row.low <= row.chance <= row.high else ("is above" if row.low > row.chance else "is below")
    return f"{counted(row)}: the interval {row.low:.2f} to {row.high:.2f} {where} chance ({row.chance:.2f})"


def counted(row: SummaryRow) -> str:
    """How many subjects, or blocks of how many recordings."""
    noun = "recording" if row.design == "blocks" else "subject"
    return f"{row.n_groups} {noun}{'' if row.n_groups == 1 else 's'}"


def _p(row: SummaryRow) -> str:
    if row.p_value is None:
        return ""
    how = f"all {row.n_relabellings}" if row.exact else f"{row.n_relabellings} random"
    bound = f", and cannot be below {row.least_p:.3g}" if row.least_p and row.least_p > 0.01 else ""
    return f"; p = {row.p_value:.3g} of {how} relabellings{bound}"


def said_of(rows: Sequence[SummaryRow]) -> list[str]:
    """What must be said of the results of one cohort and target, each sentence once."""
    counts = [row for row in rows if row.counts]
    found = [words for row in counts for words in cautions(row)]
    tried = [row.pipeline for row in counts if row.model != "dummy" and not row.refused]
    if len(tried) > 1:
        found.append(
            f"{len(tried)} pipelines were tried, and each p-value is of one alone: the best of them owes something to "
            "having been picked."
        )
    return list(dict.fromkeys(found))


def cautions(row: SummaryRow) -> list[str]:
    """What must be said of all results of a cohort and target."""
    found = [DESIGNS[row.design]] if row.design else []
    if row.over == "blocks":
        found.append("One recording: intervals are drawn over its blocks of time.")
    elif 0 < row.n_groups < FEW:
        found.append(
            f"{counted(row)}: an interval drawn over so few is too narrow more often than it says, and a result that "
            "holds here may not hold for the next person."
        )
    if row.n_units < row.n_items:
        found.append(
            f"{row.n_items} items are no more than {row.n_units} independent bearers of a label: "
            "only whole ones exchange labels for the p-value."
        )
    if row.one_unit_each:
        found.append(
            "Each subject has one recording of each class: whatever else differs between these recordings (time, "
            "electrodes, interpolated channels) is told apart as well."
        )
    return found
