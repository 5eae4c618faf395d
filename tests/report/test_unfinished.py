"""What is told of a recording that failed."""

from __future__ import annotations

from eegmill.report.unfinished import MAX_LETTERS, MAX_LINES, InputFile, log_end


def test_the_last_lines_of_a_log_are_kept_and_the_others_counted() -> None:
    end = log_end("\n".join(f"line {number}" for number in range(100)))
    assert (end.lines[0], end.lines[-1], end.left_out) == (f"line {100 - MAX_LINES}", "line 99", 100 - MAX_LINES)


def test_colours_and_long_lines_are_cut() -> None:
    end = log_end("\x1b[31mred\x1b[0m\x07\r\n" + "x" * 5000)
    assert end.lines[0] == "red"
    assert len(end.lines[1]) == MAX_LETTERS + 2


def test_names_of_user_and_host_are_left_out_as_whole_words_alone() -> None:
    assert log_end("anna@node7: annals", private=("anna", "node7")).lines == ("…@…: annals",)


def test_a_file_that_is_too_short_says_what_was_expected() -> None:
    assert InputFile("a.eeg", "raw", 2000, 1000).told == "1.0 kB, expected 2.0 kB"
    assert InputFile("a.eeg", "raw", 2000, None).told == "not there"
    assert InputFile("a.eeg", "raw", None, 1000).told == "1.0 kB"
