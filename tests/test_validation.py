"""The page of validation and the figures of the house; the comparisons themselves are run by hand."""

from __future__ import annotations

import ast
from functools import partial
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation import __main__ as page
from validation.benchmarks.house import length_of, shapes_told, spread, step_mentions
from validation.inputs.recordings import sound, write
from validation.inputs.variants import variants
from validation.inputs.verdict import Case, judged
from validation.markdown import table

TITLE = st.text("abc", min_size=1, max_size=9)
TEXT = st.text("ab| \n", max_size=30).map(lambda text: text + "\n")


@given(TEXT, st.dictionaries(TITLE, TEXT))
def test_a_page_is_split_into_its_head_and_its_sections(head, sections):
    text = head + "".join(f"## {title}\n{body}" for title, body in sections.items())
    assert page.head_and_sections(text) == (head, sections)


def test_a_section_that_is_made_again_leaves_the_others_alone(tmp_path, monkeypatch):
    path = tmp_path / "validation.md"
    path.write_text("# Validation\n\n## By hand\n\nkept\n\n## Fetching\n\nold\n")
    monkeypatch.setattr(page, "PAGE", path)
    monkeypatch.setattr(page, "made", lambda section: f"\nnew, by {section.command}\n")
    page.main(["Fetching"])
    assert path.read_text() == "# Validation\n\n## By hand\n\nkept\n\n## Fetching\n\nnew, by benchmarks.fetch\n"


def test_a_section_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(SystemExit, match=r"no section 'Weather'; there are: Main job, "):
        page.main(["Weather"])


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        (page.Section("benchmarks.nothing"), "No module named validation.benchmarks.nothing"),
        (page.Section("benchmarks.fetch", ("NO_SUCH_PYTHON",)), "it needs NO_SUCH_PYTHON; "),
    ],
)
def test_a_section_that_cannot_be_made_stays_as_it_is_and_the_reason_is_told(tmp_path, monkeypatch, section, reason):
    path = tmp_path / "validation.md"
    path.write_text("# Validation\n\n## Fetching\n\nold\n")
    monkeypatch.setattr(page, "PAGE", path)
    monkeypatch.setitem(page.SECTIONS, "Fetching", section)
    with pytest.raises(SystemExit, match=reason):
        page.main(["Fetching"])
    assert path.read_text() == "# Validation\n\n## Fetching\n\nold\n"


@pytest.mark.parametrize("module", [section.command.split()[0] for section in page.SECTIONS.values()])
def test_every_section_has_a_module(module):
    package, _, name = module.partition(".")
    assert (page.ROOT / "validation" / package / f"{name or '__main__'}.py").is_file()
    assert find_spec(f"validation.{package}") is not None


def test_a_table_has_a_line_for_each_row():
    assert table("a | b", [("1", "2"), ("3", "4")]) == ["", "| a | b |", "|---|---|", "| 1 | 2 |", "| 3 | 4 |"]


def test_the_docstring_does_not_count_as_length():
    (function,) = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body
    assert length_of(function) == 2


def test_a_step_is_named_by_a_text_of_its_own():
    tree = ast.parse('x = {"asr": 1}\n"about asr"\ny = "ica"\n')
    assert step_mentions(tree, frozenset({"asr", "windows"})) == 1


def test_shapes_are_looked_for_where_arrays_are_taken_or_given():
    tree = ast.parse(
        "Floats = NDArray[float64]\n"
        'def told(x: Floats) -> int:\n    """Of x, shape (n_channels, n_times)."""\n'
        'def untold() -> NDArray[bool]:\n    """Nothing."""\n'
        'def other(x: int) -> int:\n    """No array."""\n'
    )
    assert shapes_told([tree]) == (1, 2)


def test_a_spread_is_median_ninth_decile_and_longest():
    assert spread(list(range(1, 12))) == "6 / 10 / 11"


def test_a_sound_input_is_ok_and_one_that_is_mended_is_told(tmp_path):
    good, mended = sound(), sound()
    mended.data_v[0] *= 1000
    assert judged(Case("x", "x", partial(write, good)), tmp_path / "a").word == "ok"
    assert judged(Case("x", "x", partial(write, mended), ("'Fp1' is bad",)), tmp_path / "b").word == "told"


def test_what_is_not_said_is_wrong_and_so_is_what_is_said_of_a_sound_input(tmp_path):
    good, mended = sound(), sound()
    mended.data_v[0] *= 1000
    assert judged(Case("x", "x", partial(write, good), ("'Fp1' is bad",)), tmp_path / "a").word == "wrong"
    assert judged(Case("x", "x", partial(write, mended)), tmp_path / "b").word == "wrong"


def test_a_refusal_is_right_only_where_it_is_asked_for(tmp_path):
    short = sound()
    short.data_v = short.data_v[:, :500]
    assert judged(Case("x", "x", partial(write, short), ("lasts 4.00 s",), 1), tmp_path / "a").word == "refused"
    assert judged(Case("x", "x", partial(write, short), ("lasts 4.00 s",)), tmp_path / "b").word == "wrong"


def test_what_a_check_finds_is_wrong(tmp_path):
    given = sound()
    verdict = judged(Case("x", "x", partial(write, given), check=lambda _: "the check says so"), tmp_path)
    assert (verdict.word, verdict.seen) == ("wrong", "the check says so")


def test_variants_have_names_of_their_own():
    names = [(case.kind, case.name) for case in variants(1)]
    assert len(set(names)) == len(names) > 60


def test_the_page_on_scale_says_what_the_measured_runs_say() -> None:
    from validation.benchmarks.scale import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m validation.benchmarks.scale"
