from __future__ import annotations

import shutil
import subprocess

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.digests import sha256_file
from eegmill.provenance.manifest import (
    NAME,
    check_manifest,
    note_in_manifest,
    page_is_made_of_manifests,
    read_manifest,
    write_manifest,
)
from eegmill.provenance.page_of_checksums import PAGE


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "sub" / "b c.txt").write_text("two")
    (tmp_path / "prov").mkdir()
    (tmp_path / "prov" / "times.json").write_text("{}")
    write_manifest(tmp_path)
    return tmp_path


def test_an_untouched_folder_is_intact(folder):
    report = check_manifest(folder)
    assert report.intact
    assert report.compared == 4  # the page too


def test_records_with_times_are_listed_apart(folder):
    assert "times.json" not in (folder / NAME).read_text()
    assert "prov/times.json" in read_manifest(folder)


def test_sha256sum_agrees(folder):
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("needs sha256sum")
    for manifest in (NAME, f"prov/{NAME}"):
        assert subprocess.run([program, "-c", "--quiet", manifest], cwd=folder, check=False).returncode == 0


def test_changed_missing_and_unknown_files_are_told_apart(folder):
    (folder / "a.txt").write_text("ONE")
    (folder / "sub" / "b c.txt").unlink()
    (folder / "new.txt").write_text("")
    report = check_manifest(folder)
    assert (report.changed, report.missing, report.unknown) == (("a.txt",), ("sub/b c.txt",), ("new.txt",))
    assert not report.intact


def test_a_folder_of_a_job_that_was_stopped_does_not_count(folder):
    (folder / ".staging-sub-01").mkdir()
    (folder / ".staging-sub-01" / "half.eeg").write_text("")
    assert check_manifest(folder).intact


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text.replace("  a.txt", " a.txt"),
        lambda text: text.replace("  a.txt", " *a.txt"),
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("a.txt", "../a.txt"),
        lambda text: text.replace("a.txt", "/etc/passwd"),
        lambda text: text[70:],
        lambda text: "".join(reversed(text.splitlines(keepends=True))),
    ],
)
def test_a_manifest_that_was_altered_is_refused(folder, alter):
    text = (folder / NAME).read_text()
    assert alter(text) != text
    (folder / NAME).write_bytes(alter(text).encode())
    with pytest.raises(DerivativeError, match="altered"):
        read_manifest(folder)


@pytest.mark.parametrize("manifest", [NAME, f"prov/{NAME}"])
def test_a_missing_manifest_is_named(folder, manifest):
    (folder / manifest).unlink()
    with pytest.raises(DerivativeError, match=f"has no {manifest}"):
        check_manifest(folder)


def test_the_page_is_listed_and_made_of_both_manifests(folder):
    assert PAGE in read_manifest(folder)
    assert page_is_made_of_manifests(folder)


def test_a_page_that_was_altered_is_found_whatever_its_line_says(folder):
    (folder / PAGE).write_text((folder / PAGE).read_text().replace("should be", "is fine as"))
    records = folder / f"prov/{NAME}"
    told = read_manifest(folder)[PAGE]
    records.write_text(records.read_text().replace(told, sha256_file(folder / PAGE)))
    assert check_manifest(folder).intact
    assert not page_is_made_of_manifests(folder)


def test_the_page_follows_what_is_noted_later(folder):
    (folder / "added.txt").write_text("three")
    note_in_manifest(folder, ["added.txt"])
    assert check_manifest(folder).intact
    assert page_is_made_of_manifests(folder)


def test_the_name_of_a_file_cannot_end_the_script_of_the_page(folder):
    (folder / "<script>x").write_text("")
    write_manifest(folder)
    assert "<script>x" not in (folder / PAGE).read_text()


@pytest.mark.parametrize("name", [".github", ".gitx", ".eegmillx", ".datalad-old"])
def test_a_folder_that_only_looks_like_one_that_does_not_count_is_told(folder, name):
    (folder / name).mkdir()
    (folder / name / "own.txt").write_text("x")
    assert check_manifest(folder).unknown == (f"{name}/own.txt",)


@pytest.mark.parametrize("name", [".git", ".datalad", ".eegmill", ".eegmill-rehydrate"])
def test_a_repository_or_work_under_way_does_not_count(folder, name):
    (folder / name).mkdir()
    (folder / name / "own.txt").write_text("x")
    assert check_manifest(folder).intact
