"""The page on features: its table is that of the code, its snippets run."""

from __future__ import annotations

import re

import eegmill
from tools.docs import FEATURES_PAGE, features_table


class Recording:
    """The one that the page makes, as a recording of a dataset."""

    name, description = "sub-01_task-rest", {"task": "rest"}

    def __init__(self, raw):
        self.cleaned = raw.copy


TEXT = FEATURES_PAGE.read_text(encoding="utf-8")


def test_the_table_is_made_from_the_code():
    assert TEXT.endswith(features_table()), "run tools/docs.py"


def test_the_snippets_run_and_give_what_they_say(monkeypatch):
    known: dict[str, object] = {}
    first, of_dataset, second = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    exec(first, known)  # the page is ours
    assert known["table"].notes == ("1 window was left out: bad.",)
    assert "spectral_entropy_Cz" in known["wide"]
    monkeypatch.setattr(eegmill, "Dataset", lambda _: [Recording(known["raw"])], raising=False)
    exec(of_dataset, known)
    assert list(known["found"].to_wide())[:4] == ["recording", "task", "onset_s", "spectral_root_total_power_Fz"]
    exec(second, known)
    assert "bandpass_filter(f_max=12, f_min=8).envelope.signal_mean_Cz" in known["table"].column_names()
