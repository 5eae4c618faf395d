"""Parts of a dataset share nothing that they must not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill import Dataset
from eegmill.datasets.splits import refuse_leaks, split
from eegmill.errors import ConfigurationError, LeakingSplit


@dataclass(frozen=True)
class Known:
    """What a split looks at of a recording."""

    name: str
    description: dict[str, Any]

    @property
    def dataset(self) -> str:
        return str(self.description["dataset"])

    @property
    def subject(self) -> str:
        return str(self.description["subject"])

    @property
    def session(self) -> str:
        return str(self.description["session"])

    def __hash__(self) -> int:
        return hash(self.name)


def study(n_subjects: int = 20, n_sessions: int = 2, *, dataset: str = "ds000001", **columns: Any) -> list[Any]:
    """Subjects at two sites, each with the same sessions."""
    return [
        Known(
            f"{dataset}/sub-{subject}_ses-{session}",
            {
                "dataset": dataset,
                "subject": f"{subject:02d}",
                "session": str(session),
                "site": f"site {subject % 4}",
                "sex": "FM"[subject % 2],
                "fold": "test" if subject < 5 else "train",
                **columns,
            },
        )
        for subject in range(n_subjects)
        for session in range(n_sessions)
    ]


def subjects(part: Sequence[Any]) -> set[str]:
    return {one.subject for one in part}


@given(st.integers(3, 60), st.integers(0, 1000), st.integers(1, 3))
def test_each_recording_is_in_one_part_and_each_subject_too(n_subjects: int, seed: int, n_sessions: int) -> None:
    recordings = study(n_subjects, n_sessions)
    parts = split(recordings, seed=seed)
    assert sorted(one.name for part in parts.values() for one in part) == sorted(one.name for one in recordings)
    assert sum(len(subjects(part)) for part in parts.values()) == n_subjects
    assert all(parts.values())


@given(st.integers(10, 200), st.integers(0, 50))
def test_parts_have_their_shares(n_subjects: int, seed: int) -> None:
    shares = {"train": 0.6, "validation": 0.2, "test": 0.2}
    parts = split(study(n_subjects, 1), parts=shares, seed=seed)
    assert all(abs(len(parts[name]) - share * n_subjects) <= 1 for name, share in shares.items())


def test_a_seed_gives_the_same_parts_and_another_seed_others() -> None:
    once, again, other = (split(study(), seed=seed)["test"] for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_the_order_of_recordings_does_not_matter() -> None:
    assert set(split(study(), seed=1)["test"]) == set(split(study()[::-1], seed=1)["test"])


def test_shares_may_leave_recordings_over() -> None:
    parts = split(study(20, 1), parts={"train": 0.5, "test": 0.1})
    assert (len(parts["train"]), len(parts["test"])) == (10, 2)


def test_each_part_has_its_share_of_a_stratum() -> None:
    parts = split(study(40, 1), parts={"train": 0.75, "test": 0.25}, stratify="sex", seed=3)
    assert [one.description["sex"] for one in parts["test"]].count("F") == 5


def test_sites_are_kept_whole() -> None:
    parts = split(study(), by="site", parts={"train": 0.75, "test": 0.25})
    assert {one.description["site"] for one in parts["train"]} & {
        one.description["site"] for one in parts["test"]
    } == set()


def test_sessions_may_share_subjects_when_that_is_said() -> None:
    parts = split(study(), by="session", column="session")
    assert subjects(parts["0"]) == subjects(parts["1"])
    with pytest.raises(LeakingSplit, match="subject '00' is in '0' and in '1'"):
        split(study(), column="session")


def test_a_column_names_the_parts_and_is_checked() -> None:
    assert {name: len(subjects(part)) for name, part in split(study(), column="fold").items()} == {
        "test": 5,
        "train": 15,
    }
    moved = [*study()[1:], Known("again", {**study()[0].description, "fold": "train"})]
    with pytest.raises(LeakingSplit, match=r"This split leaks: subject '00' is in 't\w+' and in 't\w+'"):
        split(moved, column="fold")


def test_a_subject_at_two_sites_leaks() -> None:
    travelling = [*study(), Known("visit", {**study()[0].description, "site": "site 1", "session": "9"})]
    found = [_leaks(travelling, seed) for seed in range(20)]
    assert any(found)


def _leaks(recordings: list[Any], seed: int) -> bool:
    try:
        split(recordings, by="site", parts={"train": 0.5, "test": 0.5}, seed=seed)
    except LeakingSplit:
        return True
    return False


@pytest.mark.parametrize("by", ["recording", "run", "task", "window"])
def test_parts_that_leak_in_any_dataset_are_refused_with_the_reason(by: str) -> None:
    with pytest.raises(LeakingSplit, match=f"A split by {by} leaks: .* on both sides"):
        split(study(), by=by)


def test_people_of_two_datasets_are_two_and_those_of_a_twin_are_one() -> None:
    refuse_leaks({"train": study(3), "test": study(3, dataset="ds000002")})
    with pytest.raises(LeakingSplit, match="Shared by parts: '00', '01', '02'"):
        refuse_leaks({"train": study(3), "test": study(3, dataset="on000001")})


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"by": "sitee"}, "did you mean 'site'"),
        ({"column": "folds"}, "did you mean 'fold'"),
        ({"parts": {"a": 0.9, "b": 0.9}}, "add up to 1 at most: a: 0.9, b: 0.9"),
        ({"parts": {"a": 1.2}}, "a: 1.2"),
        ({"parts": {str(part): 0.04 for part in range(25)}}, "20 groups by subject cannot be parted into 25"),
        ({"stratify": "session"}, "'session' has several values in one group"),
    ],
)
def test_a_wrong_choice_is_one_message(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        split(study(), **choices)


def test_a_recording_without_a_value_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"40 of 40 recordings have no 'site'.*filter\(known='site'\)"):
        split(study(site=None), by="site")


def test_a_dataset_is_split_and_folded_into_datasets() -> None:
    sample = Dataset("eegmill-sample")
    parts = sample.split(parts={"train": 0.5, "test": 0.5}, seed=1)
    assert sorted(one.name for part in parts.values() for one in part) == [one.name for one in sample]
    folds = sample.folds(4)
    assert [(len(train), len(test)) for train, test in folds] == [(3, 1)] * 4
    assert {test[0].subject for _, test in folds} == {"01", "02", "03", "04"}
