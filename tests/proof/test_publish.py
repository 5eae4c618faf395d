from __future__ import annotations

import json
import shutil
import subprocess
import tarfile

import pytest
import yaml

from eegmill.config.recipes import load_recipe, recipe_text
from eegmill.credit import Author, Credit
from eegmill.derivative.citation_file import citation_file
from eegmill.errors import DerivativeError
from eegmill.proof.dehydrate import dehydrate
from eegmill.proof.publish import publish
from eegmill.proof.publish.zenodo import MAX_ARCHIVES, archives
from eegmill.provenance.check import check
from eegmill.provenance.environment import describe
from eegmill.provenance.manifest import check_manifest, read_manifest, write_manifest

SIGNAL = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"
OF_ZENODO = {
    "access_right",
    "creators",
    "description",
    "keywords",
    "license",
    "notes",
    "related_identifiers",
    "title",
    "upload_type",
}
"""Keys of the documented deposit metadata that are used here."""


@pytest.fixture(scope="module")
def derivative(pristine, tmp_path_factory):
    """A derivative with its recipe, as the workflow leaves one."""
    folder = tmp_path_factory.mktemp("published") / "eegmill"
    shutil.copytree(pristine.derivative, folder)
    (folder / "code" / "recipe.yaml").write_text(recipe_text(load_recipe("eegprep")))
    write_manifest(folder)
    return folder


@pytest.fixture
def known_to_git(monkeypatch):
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("archive", ["openneuro", "nemar"])
def test_a_folder_for_an_archive_is_the_derivative_and_tells_the_next_command(derivative, tmp_path, archive):
    report = publish(derivative, tmp_path / "upload", to=archive)
    assert read_manifest(tmp_path / "upload") == read_manifest(derivative)
    assert check_manifest(tmp_path / "upload").intact
    assert str(tmp_path / "upload") in report.next[-1]


def test_what_an_archive_would_refuse_is_not_published(derivative, tmp_path):
    broken = shutil.copytree(derivative, tmp_path / "eegmill-broken")
    (broken / "sub-01" / "eeg" / "strange.txt").write_text("")
    write_manifest(broken)
    with pytest.raises(DerivativeError, match="The BIDS validator refuses"):
        publish(broken, tmp_path / "upload", to="openneuro")
    assert [path.name for path in tmp_path.iterdir()] == ["eegmill-broken"]


def test_a_derivative_that_was_altered_is_not_published(derivative, tmp_path):
    altered = shutil.copytree(derivative, tmp_path / "eegmill-altered")
    (altered / "status.tsv").write_text("recording\n")
    with pytest.raises(DerivativeError, match=r"'status.tsv' is not as the manifest"):
        publish(altered, tmp_path / "upload", to="zenodo")
    assert not (tmp_path / "upload").exists()


@pytest.mark.parametrize("place", ["", "eegmill/upload"])
def test_a_folder_that_exists_or_lies_in_the_derivative_is_refused(derivative, place):
    with pytest.raises(DerivativeError, match="name a folder"):
        publish(derivative, derivative.parent / place, to="zenodo")


def test_a_record_for_zenodo_holds_every_file_once(derivative, tmp_path):
    publish(derivative, tmp_path / "record", to="zenodo")
    names = []
    for path in (tmp_path / "record").glob("*.tar"):
        with tarfile.open(path) as packed:
            names += packed.getnames()
    assert len(names) == len(set(names))
    assert {name.partition("/")[2] for name in names} >= read_manifest(derivative).keys()


def test_metadata_for_zenodo_have_its_documented_keys_and_name_the_source(derivative, tmp_path):
    publish(derivative, tmp_path / "record", to="zenodo")
    values = json.loads((tmp_path / "record" / ".zenodo.json").read_text())
    assert values.keys() <= OF_ZENODO
    assert values["upload_type"] == "dataset"
    (related,) = values["related_identifiers"]
    assert (related["identifier"], related["relation"]) == ("10.0000/tiny", "isDerivedFrom")


def test_archives_depend_on_the_files_alone(derivative, tmp_path):
    for name in ("a", "b"):
        publish(derivative, tmp_path / name, to="zenodo")
    for path in (tmp_path / "a").glob("*.tar"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_many_subjects_share_archives():
    plan = archives([f"sub-{number:04}/a.eeg" for number in range(1000)])
    assert len(plan) <= MAX_ARCHIVES
    assert sum(map(len, plan.values())) == 1000


def test_a_datalad_dataset_has_one_run_record_and_signals_in_the_annex(derivative, tmp_path, known_to_git):
    if shutil.which("git-annex") is None:
        pytest.skip("needs git-annex")
    publish(derivative, tmp_path / "dataset", to="datalad")
    messages = git(tmp_path / "dataset", "log", "--format=%B")
    assert messages.count("[DATALAD RUNCMD]") == 1
    annexed = git(tmp_path / "dataset", "annex", "find").split()
    assert SIGNAL in annexed
    assert not any(path.endswith((".json", ".tsv", ".md")) for path in annexed)
    assert git(tmp_path / "dataset", "status", "--porcelain") == ""
    assert check_manifest(tmp_path / "dataset").intact
    assert check(tmp_path / "dataset") == ()


def test_the_run_record_is_json_between_the_lines_of_datalad(derivative, tmp_path, known_to_git):
    dehydrate(derivative, tmp_path / "small")
    publish(tmp_path / "small", tmp_path / "dataset", to="datalad")
    message = git(tmp_path / "dataset", "log", "-1", "--format=%B")
    record = message.partition("=== Do not change lines below ===\n")[2].partition("^^^ Do not change")[0]
    values = json.loads(record)
    assert values["cmd"].startswith("eegmill run --configfile code/config.yaml && ")
    assert set(values["outputs"]) >= {"sub-01", "prov", "CITATION.cff"}


def test_signals_without_git_annex_are_refused(derivative, tmp_path, known_to_git, monkeypatch):
    monkeypatch.setattr("eegmill.proof.publish.datalad.which", lambda name: None if name == "git-annex" else name)
    with pytest.raises(DerivativeError, match="git-annex is not installed"):
        publish(derivative, tmp_path / "dataset", to="datalad")
    assert list(tmp_path.iterdir()) == []


def test_somebody_whom_git_does_not_know_is_told_what_to_type(derivative, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("EMAIL", "")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "")
    dehydrate(derivative, tmp_path / "small")
    with pytest.raises(DerivativeError, match=r"git config --global user\.name"):
        publish(tmp_path / "small", tmp_path / "dataset", to="datalad")


def test_the_citation_file_names_source_software_recipe_and_verdicts(pristine):
    credit = Credit(authors=(Author(name="Doe, Ann", orcid="https://orcid.org/0000-0002-1825-0097"),))
    verdict = "2 of 2 recordings were made again: 2 identical."
    text = citation_file(pristine.lock, "eegprep", credit=credit, environment=describe(), verdicts=[verdict])
    values = yaml.safe_load(text)
    assert values["authors"][0]["family-names"] == "Doe"
    titles = [part["title"] for part in values["references"]]
    assert titles[:3] == ["Tiny", "eegmill", "Recipe 'eegprep'"]
    assert values["references"][0]["doi"] == "10.0000/tiny"
    assert values["references"][-1]["notes"] == verdict


def test_the_citation_file_fits_the_schema_of_its_format(derivative):
    cffconvert = pytest.importorskip("cffconvert")
    cffconvert.Citation((derivative / "CITATION.cff").read_text()).validate()
