from __future__ import annotations

import re


def test_the_page_has_the_paragraph_and_the_references_that_it_cites(pristine):
    page = (pristine.derivative / "logs" / "CITATION.md").read_text()
    bib = (pristine.derivative / "logs" / "CITATION.bib").read_text()
    cited = set(re.findall(r"@([a-z]+\d{4})", page))
    assert cited
    assert cited == set(re.findall(r"@article\{([a-z]+\d{4}),", bib))
    assert "CC0" in page
