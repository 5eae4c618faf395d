"""The table of windows: its columns, its metadata, its bytes."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.derivative.index import write_index
from eegmill.derivative.window_table import COLUMNS, Asked, part_of
from eegmill.provenance.digests import sha256_file
from eegmill.stream import Windows
from eegmill.stream.index import FILES_KEY, METADATA_KEY
from indexed import NAMES, cleaned_dataset, index


def told(derivative, key):
    return json.loads(pq.read_schema(derivative / "index.parquet").metadata[key])


def test_the_columns_are_those_that_are_described(indexed):
    names = pq.read_schema(indexed / "index.parquet").names
    assert names == [*COLUMNS, "participant_age", "participant_site", "participant_sex"]


def test_what_is_known_of_participants_stands_in_each_row(indexed):
    table = pq.read_table(indexed / "index.parquet")
    assert table.schema.field("participant_age").type == pa.float64()
    rows = table.to_pylist()
    assert [rows[0][f"participant_{name}"] for name in ("age", "site", "sex")] == [31.0, "01", "F"]
    assert [rows[-1][f"participant_{name}"] for name in ("age", "site", "sex")] == [None, "02", None]
    assert (rows[0]["subject"], rows[0]["task"], rows[0]["session"], rows[0]["licence"]) == ("01", "odd", None, "CC0")


def test_the_bytes_depend_on_the_derivative_and_what_is_asked_alone(indexed, tmp_path):
    once = (indexed / "index.parquet").read_bytes()
    other = index(cleaned_dataset(tmp_path / "other"))
    assert (other / "index.parquet").read_bytes() == once
    assert (index(other, window_s=1.0) / "index.parquet").read_bytes() != once


def test_it_tells_what_was_asked_for_and_by_which_recipe(tmp_path):
    derivative = cleaned_dataset(tmp_path)
    (derivative / "code").mkdir()
    (derivative / "code" / "recipe.yaml").write_text("[]\n")
    about = told(index(derivative), METADATA_KEY)
    assert about["schema_version"] == "1"
    assert about["asked"] == {"window_s": 0.5, "split": None, "seed": 0}
    assert about["recordings"] == list(NAMES)
    assert about["units"]["onset_s"] == "s"
    assert about["recipe_sha256"] == sha256_file(derivative / "code" / "recipe.yaml")


def test_it_tells_the_digest_of_each_file_and_its_channels_once(indexed):
    files = told(indexed, FILES_KEY)
    assert len(files["channels"]) == 1
    for file, about in files["files"].items():
        assert about["sha256"] == sha256_file(indexed / file)
        assert about["size"] == (indexed / file).stat().st_size
        assert (about["windows"], about["left_out"], about["channels"]) == (8, 0, 0)


def test_where_nothing_is_clean_the_index_is_empty(tmp_path):
    derivative = cleaned_dataset(tmp_path)
    report = write_index(derivative, [], Asked())
    assert (report.windows, len(Windows(derivative))) == ({}, 0)


def test_windows_that_were_left_out_are_told(tmp_path):
    def broken(recording):
        recording.raw.annotations.append([1.2, 2.2], 0, "boundary")
        return recording

    report = write_index(cleaned_dataset(tmp_path, broken), NAMES[:1], Asked(window_s=0.5))
    assert report.notes == ("sub-01_task-odd: 2 windows hold a discontinuity and were left out.",)
    assert report.windows == {NAMES[0]: 6}


def test_a_split_parts_subjects_and_not_windows(tmp_path):
    derivative = index(cleaned_dataset(tmp_path), split={"train": 0.5, "test": 0.5}, seed=2)
    table = pq.read_table(derivative / "index.parquet", columns=["subject", "split"])
    pairs = set(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert len(pairs) == 2
    assert {part for _, part in pairs} == {"train", "test"}


@given(st.text(), st.integers(0, 99))
def test_the_part_of_a_subject_depends_on_nobody_else_and_no_order(subject, seed):
    part = part_of(subject, {"train": 0.7, "valid": 0.1, "test": 0.2}, seed)
    assert part == part_of(subject, {"test": 0.2, "train": 0.7, "valid": 0.1}, seed)


def test_shares_are_kept_on_average():
    parts = [part_of(str(subject), {"train": 0.8, "test": 0.2}, 1) for subject in range(5000)]
    assert parts.count("train") / 5000 == pytest.approx(0.8, abs=0.02)
