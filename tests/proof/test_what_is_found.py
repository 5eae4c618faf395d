"""Changes of every kind of file under a manifest that was made right again, and which command finds them."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from eegmill.config.recipes import load_recipe, recipe_text
from eegmill.errors import EegmillError
from eegmill.proof.dataset_again import dataset_again
from eegmill.provenance.bids_prov import write_prov
from eegmill.provenance.check import check
from eegmill.provenance.compare import Tier
from eegmill.provenance.crate import write_crate
from eegmill.provenance.environment import describe
from eegmill.provenance.manifest import check_manifest, write_manifest
from eegmill.provenance.verify import compare_recording
from eegmill.workflow.jobs.dataset import index_page
from eegmill.workflow.jobs.page import write_page
from eegmill.workflow.loose import LooseLayout
from eegmill.workflow.pages import records_and_status

DOCS = Path(__file__).parents[2] / "docs" / "proof.md"
N_CHANGES = 112
STEM = "sub-01/eeg/sub-01_task-odd_desc-preproc"
PAGES = ("sub-01/sub-01_task-odd_report.html", "sub-02/sub-02_task-odd_report.html")


@pytest.fixture(scope="module")
def whole(pristine, tmp_path_factory):
    """A derivative with recipe, pages and overview, and its recordings and pages made again."""
    root = tmp_path_factory.mktemp("whole") / "tiny"
    shutil.copytree(pristine.root, root)
    derivative, again = root / "derivatives" / "eegmill", root.parent / "again"
    (derivative / "code" / "recipe.yaml").write_text(recipe_text(load_recipe("eegprep")))
    for folder in (derivative, again):
        for entry in pristine.lock.recordings:
            if folder == again:
                pristine.rebuild(entry.recording, again)
            write_page(LooseLayout(folder, "", "", folder, root), entry.recording, entry)
    layout = LooseLayout(derivative, "", "", derivative, root)
    (derivative / "index.html").write_text(index_page(layout, pristine.lock, list(records_and_status(layout))))
    write_prov(derivative, pristine.activities, describe(), pristine.lock)
    write_crate(derivative, pristine.activities, describe(), pristine.lock)
    write_manifest(derivative)
    return root, derivative, again, pristine.lock


def by_check(derivative):
    try:
        return bool(check(derivative))
    except EegmillError:
        return True


def by_remaking(whole, derivative, place):
    """What ``verify`` does beyond ``check``, with recordings that were made again once."""
    root, _, again, lock = whole
    place.mkdir()
    try:
        files = [file for entry in lock.recordings for file in compare_recording(derivative, again, entry)]
        files += dataset_again(derivative, place, root)
        return any(file.tier is Tier.DIFFERENT for file in files)
    except (EegmillError, OSError):
        return True
    finally:
        shutil.rmtree(place)


def letter(path, chance, least=0):
    """Change one letter or digit of a text to another one."""
    text = path.read_text(encoding="utf-8")
    places = [i for i in range(least, len(text)) if text[i].isalnum() and text[i].isascii()]
    place = chance.choice(places)
    other = chance.choice([x for x in ("0123456789" if text[place].isdigit() else "abcxyzQ") if x != text[place]])
    path.write_text(text[:place] + other + text[place + 1 :], encoding="utf-8")


def one_of(*names):
    return lambda folder, chance: letter(folder / chance.choice(names), chance)


def cell(name):
    """Change a cell of a table, not of its header."""
    return lambda folder, chance: letter(folder / name, chance, least=(folder / name).read_text().index("\n"))


def byte(folder, chance):
    path = folder / f"{STEM}_eeg.eeg"
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def to_rejected(folder, chance):
    path = folder / "status.tsv"
    path.write_text(path.read_text().replace(f"sub-0{chance.choice('12')}_task-odd\tok", "sub-01_task-odd\trejected"))


def swapped_pages(folder, chance):
    first, second = (folder / page for page in PAGES)
    text = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(text)


def time_of_activity(folder, chance):
    path = folder / "prov" / "prov-sub01+taskodd" / "prov-sub01+taskodd_act.json"
    values = json.loads(path.read_text())
    values["Activities"][0]["EndedAtTime"] = f"2026-11-2{chance.randrange(3, 9)}T20:00:03+00:00"
    path.write_text(json.dumps(values))


def removed(*names):
    return lambda folder, chance: (folder / chance.choice(names)).unlink()


def added(*names):
    return lambda folder, chance: (folder / chance.choice(names)).write_text("{}")


def link(folder, chance):
    path = folder / chance.choice(["README.md", "status.tsv", f"{STEM}_qc.json"])
    path.replace(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def empty_folder(folder, chance):
    (folder / f"sub-0{chance.randrange(3, 9)}" / "eeg").mkdir(parents=True)


def leftover(folder, chance):
    (folder / f".staging-sub-0{chance.randrange(1, 9)}_task-odd").mkdir()


KINDS = {
    "a bit of a signal": byte,
    "header or markers of a signal": lambda folder, chance: letter(
        folder / f"{STEM}_eeg.{chance.choice(['vhdr', 'vmrk'])}", chance, least=200
    ),
    "sidecar of a signal": one_of(f"{STEM}_eeg.json"),
    "record of decisions": one_of(f"{STEM}_qc.json"),
    "tables of a recording": lambda folder, chance: cell(f"{STEM}_{chance.choice(['channels', 'events'])}.tsv")(
        folder, chance
    ),
    "a page of a recording": one_of(*PAGES),
    "pages of two recordings swapped": swapped_pages,
    "overview (`index.html`)": one_of("index.html"),
    "status of a recording": to_rejected,
    "`status.tsv`": cell("status.tsv"),
    "`participants.tsv`": cell("participants.tsv"),
    "`dataset_description.json`": one_of("dataset_description.json"),
    "README": one_of("README.md"),
    "descriptions of labels and columns": one_of("descriptions.tsv", "descriptions.json", "status.json"),
    "methods text and references": one_of("logs/CITATION.md", "logs/CITATION.bib"),
    "configuration": one_of("code/config.yaml"),
    "recipe": one_of("code/recipe.yaml"),
    "lock": one_of("code/lock.json"),
    "recorded environment, bill of materials": one_of("code/environment.json", "code/sbom.cdx.json"),
    "workflow (`code/Snakefile`)": one_of("code/Snakefile"),
    "provenance (`prov/`)": one_of(
        *(f"prov/prov-sub01+taskodd/prov-sub01+taskodd_{kind}.json" for kind in ("act", "ent")),
        "prov/prov-eegmill/prov-eegmill_soft.json",
        "prov/provenance.tsv",
    ),
    "time of an activity": time_of_activity,
    "crate (`ro-crate-metadata.json`)": one_of("ro-crate-metadata.json"),
    "a file taken away": removed("descriptions.tsv", "participants.tsv", "README.md", "logs/CITATION.bib", PAGES[0]),
    "a file that nothing makes": added("notes.json", "prov/more.json", "code/more.py"),
    "a link in the place of a file": link,
    "an empty folder": empty_folder,
    "what a stopped job left": leftover,
}


def found_of(whole, kind, folder, n):
    """How many of n changes each command finds: checksums as they were, then the others under a new manifest."""
    counts = [0, 0, 0]
    for seed in range(n):
        shutil.copytree(whole[1], folder)
        KINDS[kind](folder, random.Random(f"{kind} {seed}"))
        counts[0] += not check_manifest(folder).intact
        write_manifest(folder)
        checked = by_check(folder)  # which verify does too
        counts[1] += checked
        counts[2] += checked or by_remaking(whole, folder, folder.parent / "place")
        shutil.rmtree(folder)
    return counts


def test_nothing_is_found_where_nothing_was_changed(whole, tmp_path):
    assert check(whole[1]) == ()
    assert not by_remaking(whole, whole[1], tmp_path / "place")


def test_the_table_of_what_is_found_is_true(whole, tmp_path):
    n = -(-N_CHANGES // len(KINDS))
    folder = whole[1].with_name("eegmill-changed")
    rows = {kind: found_of(whole, kind, folder, n) for kind in KINDS}
    table = [f"| {kind} | {' | '.join(f'{count} of {n}' for count in counts)} |" for kind, counts in rows.items()]
    assert all(counts[2] == n for counts in rows.values()), "\n".join(table)
    assert "\n".join(table) in DOCS.read_text(encoding="utf-8"), "\n".join(table)
