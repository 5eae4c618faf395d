from __future__ import annotations

import re

from eegmill.config.text import configuration_table, steps_text


def test_every_key_and_parameter_is_one_row_of_a_table():
    rows = [line for line in f"{configuration_table()}\n{steps_text()}".splitlines() if "|" in line]
    assert len(rows) > 100
    assert [row for row in rows if len(re.findall(r"(?<!\\)\|", row)) != 6] == []
