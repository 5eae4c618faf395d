from __future__ import annotations

import hashlib
import json

import pytest

from eegmill.derivative.index import FILES as INDEX
from eegmill.errors import DerivativeError
from eegmill.features.tables import FOLDER as FEATURES
from eegmill.proof.dehydrate import dehydrate
from eegmill.provenance.check import check
from eegmill.provenance.dehydrated import NAME, NOTE, OF_ALL, TABLES, is_made_again, read_dehydrated
from eegmill.provenance.manifest import check_manifest
from eegmill.provenance.verify import verify

SIGNAL = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"


def test_what_is_left_out_is_listed_and_everything_else_is_the_same(pristine, tmp_path):
    report = dehydrate(pristine.derivative, tmp_path / "small")
    content = read_dehydrated(tmp_path / "small")
    assert report.left_out == len(content.files)
    assert SIGNAL in content.files
    for path in pristine.derivative.rglob("*"):
        name = path.relative_to(pristine.derivative).as_posix()
        if path.is_file() and name not in content.files and name != "README.md":
            assert (tmp_path / "small" / name).read_bytes() == path.read_bytes(), name


def test_the_manifests_stay_whole_and_say_that_nothing_was_altered(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    report = check_manifest(tmp_path / "small")
    assert report.intact
    assert SIGNAL in report.dehydrated


def test_the_readme_says_where_the_files_are(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    assert (tmp_path / "small" / "README.md").read_text().endswith(NOTE)


def test_a_readme_that_was_altered_beside_the_note_is_found(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    path = tmp_path / "small" / "README.md"
    path.write_text(path.read_text().replace("Tiny", "Huge"))
    assert check_manifest(tmp_path / "small").changed == ("README.md",)


def test_a_file_that_is_missing_and_not_left_out_is_found(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    (tmp_path / "small" / "status.tsv").unlink()
    assert check_manifest(tmp_path / "small").missing == ("status.tsv",)


def test_a_derivative_that_is_not_as_its_manifest_says_is_not_published(world, tmp_path):
    (world.derivative / "status.tsv").write_text("recording\tstatus\n")
    with pytest.raises(DerivativeError, match=r"'status.tsv' is not as the manifest"):
        dehydrate(world.derivative, tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_folder_that_exists_is_left_alone(pristine, tmp_path):
    with pytest.raises(DerivativeError, match="exists"):
        dehydrate(pristine.derivative, tmp_path)


def test_a_dehydrated_derivative_is_not_dehydrated_again(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    with pytest.raises(DerivativeError, match="dehydrated already"):
        dehydrate(tmp_path / "small", tmp_path / "smaller")


def test_two_copies_are_the_same(pristine, tmp_path):
    for name in ("a", "b"):
        dehydrate(pristine.derivative, tmp_path / name)
    digests = [hashlib.sha256((tmp_path / name / NAME).read_bytes()).hexdigest() for name in ("a", "b")]
    assert digests[0] == digests[1]


def test_a_list_of_a_newer_eegmill_is_refused(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    path = tmp_path / "small" / NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": "9.0"}))
    with pytest.raises(DerivativeError, match="install a newer eegmill"):
        read_dehydrated(tmp_path / "small")


def test_what_rehydration_itself_needs_is_kept(pristine):
    names = [path.relative_to(pristine.derivative).as_posix() for path in pristine.derivative.rglob("*")]
    assert not any(is_made_again(name) for name in names if name.startswith(("code/", "prov/", "logs/")))
    assert not any(is_made_again(name) for name in names if name.endswith(("_qc.json", "_channels.tsv", "_events.tsv")))


def test_nothing_is_wrong_with_what_is_left_out_on_purpose(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "eegmill-small")
    assert check(tmp_path / "eegmill-small") == ()


def test_verify_says_what_to_do_with_a_dehydrated_derivative(pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    with pytest.raises(DerivativeError, match="'eegmill rehydrate' makes it whole"):
        verify(tmp_path / "small", rebuild=pristine.rebuild)


@pytest.mark.parametrize("path", ["status.tsv", "code/lock.json", "sub-01/eeg/sub-01_task-odd_desc-preproc_qc.json"])
def test_the_list_cannot_hide_a_file_that_was_altered_or_taken_away(pristine, tmp_path, path):
    dehydrate(pristine.derivative, tmp_path / "small")
    listed = tmp_path / "small" / NAME
    content = json.loads(listed.read_text())
    listed.write_text(json.dumps({**content, "files": {**content["files"], path: 1}}))
    (tmp_path / "small" / path).unlink()
    with pytest.raises(DerivativeError, match=f"leaves out '{path}', which cannot be made again"):
        check_manifest(tmp_path / "small")


def test_what_is_left_out_of_the_whole_dataset_has_the_names_that_it_is_made_under():
    assert set(INDEX) <= set(OF_ALL)
    assert f"{FEATURES}/" == TABLES
