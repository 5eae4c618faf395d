"""Results as tables: Parquet for programs, Markdown for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .sentences import METRIC_WORDS, said_of, sentence
from .summary import Comparison, Result, SummaryRow

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = {str: "string", int: "int64", float: "float64", bool: "bool_"}


def score_rows(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """One row a fold, metric, seed, model, features, target and cohort."""
    for scoring, found in results:
        for fold in found.scores.folds if found.scores else ():
            for metric, value in fold.values.items():
                yield {
                    **_keys(scoring),
                    "fold": fold.fold,
                    "tested": ", ".join(fold.tested),
                    "n_train": fold.n_train,
                    "n_test": fold.n_test,
                    "metric": metric,
                    "value": value,
                }


def prediction_rows(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """One row an item, seed, model, features, target and cohort: the fold that tested it, and what was predicted."""
    for scoring, found in results:
        if found.scores:
            scores = found.scores
            for item, predicted, decision, fold in zip(
                found.items, scores.predicted, scores.decisions, scores.fold_of_item, strict=True
            ):
                yield {
                    **_keys(scoring),
                    "recording": item.recording,
                    "subject": item.subject,
                    "onset_s": item.onset_s,
                    "fold": fold,
                    "true": str(item.label),
                    "predicted": str(predicted),
                    "decision": decision,
                }


def _keys(scoring: Any) -> dict[str, Any]:
    return {name: getattr(scoring, name) for name in ("cohort", "target", "features", "model", "seed")}


SCORE_COLUMNS = {
    "cohort": str,
    "target": str,
    "features": str,
    "model": str,
    "seed": int,
    "fold": int,
    "tested": str,
    "n_train": int,
    "n_test": int,
    "metric": str,
    "value": float,
}
PREDICTION_COLUMNS = {
    **{name: SCORE_COLUMNS[name] for name in ("cohort", "target", "features", "model", "seed")},
    "recording": str,
    "subject": str,
    "onset_s": float,
    "fold": int,
    "true": str,
    "predicted": str,
    "decision": float,
}
SUMMARY_COLUMNS = {
    name: next(kind for kind in (bool, int, float, str) if kind.__name__ in str(field.annotation))
    for name, field in SummaryRow.model_fields.items()
} | {"sentence": str}
COMPARISON_COLUMNS = {
    name: next(kind for kind in (int, float, str) if kind.__name__ in str(field.annotation))
    for name, field in Comparison.model_fields.items()
}


def summary_table(rows: Iterable[SummaryRow]) -> bytes:
    """``summary.parquet``."""
    return parquet(({**row.model_dump(), "sentence": sentence(row)} for row in rows), SUMMARY_COLUMNS)


def parquet(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, type]) -> bytes:
    """Rows as Parquet: the same bytes for the same rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema: pa.Schema = pa.schema([(name, getattr(pa, TYPES[kind])()) for name, kind in columns.items()])
    buffer = BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema), buffer, compression="zstd")
    return buffer.getvalue()


def markdown(name: str, rows: Sequence[SummaryRow]) -> str:
    """The table of results for people, and what must be said of them."""
    parts = [f"# {name}\n"]
    for (target, cohort), same in groupby(rows, lambda row: (row.target, row.cohort)):
        listed = list(same)
        parts.append(f"\n## {target}, {cohort}\n")
        parts += [f"{caution}\n" for caution in said_of(listed)]
        parts.append("\n| features | model | metric | value | 95 % interval | chance | p | over seeds |")
        parts.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
        parts += [_line(row) for row in listed]
        parts.append("")
        parts += [f"* {sentence(row)}" for row in listed if row.counts]
    return "\n".join(parts) + "\n"


def _line(row: SummaryRow) -> str:
    if row.refused:
        return f"| {row.features} | {row.model} | none: {row.refused} | | | | | |"
    low_high = "" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"
    cells = [row.features, row.model, METRIC_WORDS[row.metric], f"{row.value:.3f}", low_high, f"{row.chance:.3f}"]
    cells += ["" if row.p_value is None else f"{row.p_value:.3g}"]
    cells += ["" if row.seed_sd is None else f"± {row.seed_sd:.3f}"]
    return f"| {' | '.join(cells)} |"
