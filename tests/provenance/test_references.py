from __future__ import annotations

import re

import pytest

from eegmill.provenance.references import REFERENCES, bibtex


@pytest.mark.parametrize("key", REFERENCES)
def test_each_reference_is_whole(key):
    reference = REFERENCES[key]
    assert re.fullmatch(r"10\.\d{4,5}/\S+", reference.doi)
    assert key.endswith(str(reference.year))


def test_bibtex_has_an_entry_for_each_key():
    text = bibtex(["jas2017", "perrin1989"])
    assert re.findall(r"@article\{(\w+),", text) == ["jas2017", "perrin1989"]
    assert text.count("{") == text.count("}")
