"""Recordings of a dataset, held as a list of objects."""

from __future__ import annotations

import pickle
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import eegmill
from api_documents import dataset, filled, record
from eegmill import Dataset
from eegmill.catalog.documents.models import Dataset as DatasetDocument
from eegmill.catalog.documents.models import Record
from eegmill.catalog.ingest.bids import digest
from eegmill.catalog.stores.sqlite.store import SqliteStore
from eegmill.datasets import catalogued
from eegmill.datasets.recording import DatasetRecording
from eegmill.errors import (
    ConfigurationError,
    DerivativeError,
    FilterError,
    RecordingError,
    Rejected,
    SourceError,
    UnknownDataset,
)
from eegmill.reading import recording as reading
from public_client import served
from tiny_bids import make_raw_dataset

SAMPLE = Path(eegmill.__file__).parent / "sample" / "eegmill-sample"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results go to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tiny(here: Path) -> Path:
    """A raw BIDS folder of two short recordings."""
    make_raw_dataset(here / "tiny")
    return here / "tiny"


def test_it_is_like_a_list() -> None:
    sample = Dataset("eegmill-sample")
    assert len(sample) == 4
    assert sample[-1].name == "sub-04_task-arithmetic"
    assert [one.subject for one in sample[1:3]] == ["02", "03"]
    assert isinstance(sample[1:3], Dataset)
    assert sample[2] in sample
    assert sample[1:] != sample


def test_a_description_has_entities_and_what_the_participants_are() -> None:
    one = Dataset("eegmill-sample", subject="02")[0]
    assert one.description == {
        "dataset": "eegmill-sample",
        "subject": "02",
        "session": None,
        "task": "arithmetic",
        "run": None,
        "age": 21,
        "sex": "F",
    }
    assert (one.subject, one.session, one.task, one["age"]) == ("02", None, "arithmetic", 21)
    assert one.document["nchans"] == 21


@pytest.mark.parametrize("source", ["eegmill-sample", SAMPLE])
def test_catalogue_and_folder_give_the_same_recordings(source: str | Path) -> None:
    sample = Dataset(source)
    assert [one.path for one in sample] == [one.path for one in Dataset("eegmill-sample")]
    assert [one["age"] for one in sample] == [None, 21, 18, 19]
    assert sample[1].document["ntimes"] == 31000
    raw = sample[1].raw()
    assert (len(raw.ch_names), raw.n_times) == (21, 31000)


def test_a_folder_is_read_where_it_lies(here: Path) -> None:
    Dataset(SAMPLE)[1].raw()
    assert list(here.iterdir()) == []


def test_raw_files_lie_where_a_run_has_them(here: Path) -> None:
    Dataset("eegmill-sample", task="arithmetic").download_all()
    found = {path.name for path in (here / "results" / "eegmill-sample").rglob("*.edf")}
    assert found == {f"sub-0{number}_task-arithmetic_eeg.edf" for number in (2, 3, 4)}


def test_who_changes_a_signal_disturbs_nobody() -> None:
    one = Dataset(SAMPLE)[1]
    first = one.raw()
    first._data[:] = 0
    assert one.raw().get_data().any()


def test_threads_that_want_one_recording_read_it_once(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    read = reading.read_recording

    def slow(root: Path, entry: Any) -> Any:
        reads.append(entry.recording)
        time.sleep(0.05)
        return read(root, entry)

    monkeypatch.setattr(reading, "read_recording", slow)
    two = Dataset(tiny)
    barrier = threading.Barrier(8)

    def want(number: int) -> int:
        barrier.wait()
        return int(two[number % 2].raw().n_times)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(want, range(8))) == [400] * 8
    assert sorted(reads) == ["sub-01_task-odd", "sub-02_task-odd"]


def test_threads_fetch_a_recording_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []
    fetch = catalogued.CataloguedRecordings.fetch

    def slow(self: Any, listed: Any) -> None:
        fetched.extend(one.name for one in listed)
        time.sleep(0.05)
        fetch(self, listed)

    monkeypatch.setattr(catalogued.CataloguedRecordings, "fetch", slow)
    one = Dataset("eegmill-sample", subject="02")[0]
    with ThreadPoolExecutor(4) as pool:
        lengths = list(pool.map(lambda _: one.raw().n_times, range(4)))
    assert lengths == [31000] * 4
    assert fetched == ["sub-02_task-arithmetic"]


def test_it_goes_to_another_process_and_back() -> None:
    sample = Dataset("eegmill-sample", subject=["02", "03"])
    sample[0].raw()
    again = pickle.loads(pickle.dumps(sample))
    assert again == sample
    assert again[1].raw().n_times == 31000


def test_a_filter_takes_values_bounds_and_functions() -> None:
    sample = Dataset("eegmill-sample")
    assert [one.subject for one in sample.filter(min_age=19, max_age=20)] == ["04"]
    assert [one.subject for one in sample.filter(subject=["01", "03"])] == ["01", "03"]
    assert [one.subject for one in sample.filter(known="sex")] == ["02", "03", "04"]
    assert [one.subject for one in sample.filter(lambda one: one.task == "attention")] == ["01"]


def test_a_query_says_what_keywords_cannot() -> None:
    assert len(Dataset("eegmill-sample", query={"sampling_frequency": {"$gte": 200}})) == 3
    assert len(Dataset(SAMPLE, query={"sampling_frequency": {"$gte": 200}})) == 3


def test_datasets_are_joined_and_told_apart(tiny: Path) -> None:
    joined = Dataset("eegmill-sample") + Dataset(tiny)
    assert [one.dataset for one in joined].count("tiny") == 2
    assert joined.filter(dataset="tiny")[0].raw().n_times == 400
    assert sum([Dataset(tiny), Dataset("eegmill-sample")]).fields == (*Dataset(tiny).fields, "sex")  # type: ignore[union-attr] # two datasets are one
    with pytest.raises(ConfigurationError, match="1 recordings in common, such as 'sub-01"):
        joined + Dataset("eegmill-sample", subject="01")


def test_a_table_has_a_row_a_recording() -> None:
    table = Dataset("eegmill-sample").to_dataframe()
    assert list(table) == ["recording", "dataset", "subject", "session", "task", "run", "age", "sex"]
    assert table.age.tolist()[1:] == [21, 18, 19]


def test_it_shows_itself_in_a_line_and_in_a_notebook() -> None:
    sample = Dataset("eegmill-sample")
    told = "4 recordings of 4 subjects, tasks arithmetic, attention; from the shipped catalogue"
    assert repr(sample) == f"<Dataset eegmill-sample: {told}>"
    assert repr(sample[1]) == "<sub-02_task-arithmetic of eegmill-sample: age 21, sex F>"
    assert sample._repr_html_().count("<tr>") == 5
    assert "<td>21</td>" in sample._repr_html_()
    assert "<caption>sub-02_task-arithmetic</caption>" in sample[1]._repr_html_()


def test_one_name_for_two_files_is_left_out_and_told(tiny: Path) -> None:
    folder = tiny / "sub-01" / "eeg"
    shutil.copy(folder / "sub-01_task-odd_eeg.vhdr", folder / "sub-01_task-odd_eeg.set")
    found = Dataset(tiny)
    assert [one.subject for one in found] == ["02"]
    assert "one recording in 2 forms" in found.left_out["sub-01_task-odd"]
    assert "1 left out" in repr(found)
    assert len(Dataset(tiny, query={"extension": ".vhdr"})) == 2


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: Dataset("eegmill-samplr"), UnknownDataset, "did you mean 'eegmill-sample'"),
        (lambda: Dataset("ds002718"), SourceError, "no recordings of 'ds002718'"),
        (lambda: Dataset("ds002718", url="embedded"), ConfigurationError, "use url='https://data.eegdash.org'"),
        (lambda: Dataset("./nowhere"), ConfigurationError, "'./nowhere' does not exist"),
        (lambda: Dataset(__file__), ConfigurationError, "is a file: a table of recordings is cleaned by"),
        (lambda: Dataset(Path.cwd()), ConfigurationError, "has no dataset_description.json"),
        (lambda: Dataset("eegmill-sample", subjct="01"), ConfigurationError, "did you mean 'subject'"),
        (lambda: Dataset("eegmill-sample", task="rest"), ConfigurationError, "there are: attention, arithmetic"),
        (lambda: Dataset("eegmill-sample", subject=["01", "9"]), ConfigurationError, "subject: 9; there are: 01, 02"),
        (lambda: Dataset("eegmill-sample", age={"$gt": 3}), ConfigurationError, "'\\$gt' is an operator of a query"),
        (lambda: Dataset("eegmill-sample", query={"a": {"$near": 1}}), FilterError, "'\\$near' is not part"),
        (lambda: Dataset("eegmill-sample", query={"nchans": 3}), ConfigurationError, "that match {'nchans': 3}"),
        (lambda: Dataset("eegmill-sample", modality="meg"), ConfigurationError, "of 4 recordings none is meg"),
        (lambda: Dataset("eegmill-sample")[0]["site"], ConfigurationError, "has no 'site'"),
        (lambda: Dataset("eegmill-sample").filter(lambda _: False), ConfigurationError, "None of the 4 recordings"),
    ],
)
def test_bad_input_is_one_message(
    ask: Any, error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EEGMILL_OFFLINE", "1")
    with pytest.raises(error, match=message) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_a_file_that_is_gone_is_named(tiny: Path) -> None:
    one = Dataset(tiny)[0]
    (tiny / "sub-01" / "eeg" / "sub-01_task-odd_eeg.eeg").unlink()
    with pytest.raises(RecordingError, match="sub-01_task-odd"):
        one.raw()


def test_a_file_that_may_not_be_read_is_named(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tiny / "sub-01_eeg.eeg"))

    monkeypatch.setattr(reading, "read_recording", forbidden)
    with pytest.raises(RecordingError, match=r"may not be \w+ by this user"):
        Dataset(tiny)[0].raw()


def test_a_recording_that_is_not_cleaned_says_what_to_type(tiny: Path) -> None:
    def told(one: DatasetRecording) -> str:
        with pytest.raises(DerivativeError) as caught:
            one.cleaned()
        return str(caught.value)

    typed = (
        "'eegmill run eegmill-sample --participant-label 01 --task attention --output results' makes it, or clean=True"
    )
    assert typed in told(Dataset("eegmill-sample")[0])
    assert "--recipe prep" in told(Dataset(tiny, recipe="prep")[0])
    assert "--seed 3" in told(Dataset(tiny, configuration={"seed": 3})[0])
    assert told(Dataset(tiny, configuration={"epochs": {}})[0]).endswith("clean=True makes it.")


def test_an_api_that_must_be_named_is_in_what_to_type() -> None:
    with served(filled(SqliteStore(None))) as url:
        command = Dataset("ds000001", url=url)[0].command
    begin = f"eegmill init ds000001 --api {url} --database eegdash"
    assert command.startswith(f"{begin} && eegmill run --configfile ds000001.yaml --participant-label 01")


def test_an_api_gives_recordings_and_the_nearest_names() -> None:
    with served(filled(SqliteStore(None))) as url:
        found = Dataset("ds000001", url=url)
        assert [one["age"] for one in found] == [21, 22, 23]
        with pytest.raises(UnknownDataset, match="did you mean 'ds000001'"):
            Dataset("ds00001", url=url)
        with pytest.raises(ConfigurationError, match="'ds000003' without any recording"):
            Dataset("ds000003", url=url)


def test_the_public_api_is_asked_for_what_is_shipped_without_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(None)
    store.upsert_datasets("eegdash", [DatasetDocument.from_value(dataset("ds002718"))])
    store.upsert_records("eegdash", [Record.from_value(record("01", dataset="ds002718"))])
    with served(store) as url:
        monkeypatch.setattr(catalogued, "PUBLIC_API", url)
        assert len(Dataset("ds002718")) == 1


def test_ten_thousand_recordings_open_in_a_second_of_cpu(here: Path) -> None:
    """Three seconds are allowed: machines of CI are slow. docs/datasets.md has the figure of a quiet one."""
    for number in range(10_000):
        folder = here / "large" / f"sub-{number:05d}" / "eeg"
        folder.mkdir(parents=True)
        (folder / f"sub-{number:05d}_task-rest_eeg.edf").touch()
    (here / "large" / "dataset_description.json").write_text('{"Name": "Large", "BIDSVersion": "1.10.0"}')
    begun = time.process_time()
    assert len(Dataset(here / "large")) == 10_000
    assert time.process_time() - begun < 3


@pytest.mark.workflow
def test_a_recording_is_cleaned_by_the_workflow_and_read_back(here: Path) -> None:
    sample = Dataset("eegmill-sample", subject=["02", "03"], recipe="minimal")
    assert [one.record for one in sample] == [None, None]
    with ThreadPoolExecutor(2) as pool:  # two runs at the same time would be in each other's way
        cleaned = next(pool.map(lambda one: one.cleaned(clean=True), sample))
    assert cleaned.info["highpass"] > 0
    assert [one.record.recipe for one in sample if one.record] == ["minimal", "minimal"]

    sample.clean()
    derivative = Dataset(here / "results" / "eegmill-sample" / "derivatives" / "eegmill-minimal")
    assert [two.name for two in derivative] == [two.name for two in sample]
    assert derivative[0]["age"] == 21
    assert derivative[0].cleaned() == cleaned
    assert derivative[0].raw().n_times == 31000


@pytest.mark.workflow
def test_a_dataset_of_an_api_is_fetched_cleaned_and_read(tiny: Path, here: Path) -> None:
    store = SqliteStore(None)
    digested = digest(tiny, now="", dataset_id="ds999999")
    store.upsert_datasets("eegdash", [digested.dataset])
    store.upsert_records("eegdash", digested.records)
    recipe = [{"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}]
    with served(store) as url:
        found = Dataset("ds999999", url=url, recipe=recipe)
        assert found[1].raw().n_times == 400
        assert not (here / "results" / "locks").exists()
        assert found[1].cleaned(clean=True).n_times == 400
    assert (here / "results" / "locks" / "ds999999.lock.json").is_file()
    assert found[0].raw().n_times == 400  # as the lock pins it: no API is needed any more


@pytest.mark.workflow
def test_a_recording_that_fails_is_told_and_stops_no_other(tiny: Path) -> None:
    header = tiny / "sub-01" / "eeg" / "sub-01_task-odd_eeg.vhdr"
    header.write_text(header.read_text(encoding="utf-8").replace("NumberOfChannels", "Number"), encoding="utf-8")
    found = Dataset(tiny, recipe=[{"highpass": {"cutoff_hz": 1.0}}, {"reference": {}}])
    with pytest.raises(DerivativeError, match="'sub-01_task-odd' of 'tiny' cannot be cleaned: decompose: 'sub-01"):
        found.clean()
    assert found[1].cleaned().n_times == 400


@pytest.mark.workflow
def test_epochs_and_rejections_of_a_derivative_are_told(epoched: Path) -> None:
    derivative = Dataset(epoched)
    assert [one.name for one in derivative] == ["sub-01_task-attention"]
    assert list(derivative.left_out) == ["sub-02_task-arithmetic"]
    assert set(derivative[0].epochs().event_id) == {"square"}
    output = epoched.parents[2]
    rejected = Dataset("eegmill-sample", subject="02", output=output, configuration={"derivative": str(epoched)})
    with pytest.raises(Rejected, match="'sub-02_task-arithmetic' of 'eegmill-sample' was rejected"):
        rejected[0].cleaned(clean=True)
