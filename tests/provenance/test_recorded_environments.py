from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eegmill.errors import DerivativeError
from eegmill.provenance.bids_prov import environment_object, write_prov
from eegmill.provenance.environment import Blas, describe
from eegmill.provenance.recorded_activities import recorded_activities
from eegmill.provenance.recorded_environments import environment_of

LIBRARIES = st.builds(
    Blas,
    library=st.sampled_from(["openblas", "mkl", "openmp"]),
    version=st.none() | st.sampled_from(["0.3.30", "2024.1"]),
    architecture=st.none() | st.sampled_from(["Haswell", "SkylakeX"]),
    threads=st.integers(1, 64),
)


@given(st.lists(LIBRARIES, max_size=4))
def test_what_was_described_is_read_back(libraries):
    environment = describe().model_copy(update={"commit": None, "blas": tuple(libraries)})
    assert environment_object(environment_of(environment_object(environment))) == environment_object(environment)


def test_a_description_that_was_altered_is_refused():
    item = environment_object(describe())
    with pytest.raises(DerivativeError, match="not what its identifier says"):
        environment_of({**item, "Dependencies": {**item["Dependencies"], "mne": "0.0.1"}})


def test_prov_of_several_environments_is_written_again_as_it_was(pristine, tmp_path):
    environment = describe()
    elsewhere = environment.model_copy(update={"operating_system": "Linux 1.0", "commit": None})
    done = [pristine.activities[0], pristine.activities[1].model_copy(update={"environment": elsewhere})]
    write_prov(tmp_path / "first", done, environment, pristine.lock)
    again = recorded_activities(tmp_path / "first", pristine.lock, environment)
    write_prov(tmp_path / "second", again, environment, pristine.lock)
    texts = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("prov-*.json")}
        for folder in (tmp_path / "first", tmp_path / "second")
    ]
    assert texts[0] == texts[1]
