"""The page on features: its table is that of the code, its snippets run."""

from __future__ import annotations

import re

from tools.docs import FEATURES_PAGE, features_table

TEXT = FEATURES_PAGE.read_text(encoding="utf-8")


def test_the_table_is_made_from_the_code():
    assert TEXT.endswith(features_table()), "run tools/docs.py"


def test_the_snippets_run_and_give_what_they_say():
    known: dict[str, object] = {}
    first, second = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    exec(first, known)  # the page is ours
    assert known["table"].notes == ("1 window was left out: bad.",)
    assert "spectral_entropy_Cz" in known["wide"]
    exec(second, known)
    assert "bandpass_filter(f_max=12, f_min=8).envelope.signal_mean_Cz" in known["table"].column_names()
