"""What an option is called here that other programs call otherwise, told where the other name is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Collection

SAME = (
    ("--output", "-o", "--out", "--outdir", "--out-dir", "--output-dir", "--output-folder", "--dest"),
    ("--json", "--output", "-o", "--out", "--as-json", "--to-json"),
    ("--cores", "-j", "-c", "-n", "--jobs", "--n-jobs", "--njobs", "--threads", "--nprocs", "--n-cpus"),
    ("--configfile", "--config", "-c", "--config-file"),
    ("--recipe", "-r", "--pipeline"),
    ("--participant-label", "--subject", "--subjects", "--sub", "-s", "--participant"),
    ("--session-label", "--session", "--ses"),
    ("--run-label", "--run"),
    ("--dry-run", "--dryrun"),
    ("--overwrite", "--force", "-f"),
    ("--yes", "-y", "--force", "-f"),
    ("--seed", "--random-seed", "--random-state"),
)
"""Names of one thing, that of eegmill first; the earlier of two rows goes first."""
LAST_WORD = {
    "clean": "the output folder is the last word: eegmill clean FILE… FOLDER",
    "dehydrate": "the new folder is the last word: eegmill dehydrate DERIVATIVE FOLDER",
    "publish": "the new folder is the last word: eegmill publish DERIVATIVE FOLDER",
    "export": "the new folder is the last word: eegmill export DERIVATIVE FOLDER",
}
"""What commands say that take as a word what others take by ``--output``."""


class Group(TyperGroup):
    """The commands; an option that one of them does not know is answered with that which it has for the same."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if type(error).__name__ == "NoSuchOption":  # of click, or of the copy of it within newer versions of typer
                _add_hint(error)
            raise


def _add_hint(error: Any) -> None:
    command = error.ctx.command
    hint = own_name(command.name, error.option_name, {name for one in command.params for name in one.opts})
    if hint:
        error.message, error.possibilities = f"No such option: {error.option_name}: {hint}.", None


def own_name(command: str, option: str, known: Collection[str]) -> str:
    """What to type in place of an option that a command does not know; empty where there is nothing for it.

    Examples
    --------
    >>> own_name("status", "--out", ["--output", "--json"]), own_name("clean", "--colour", ["--recipe"])
    ('here it is called --output', '')
    """
    meant = [names[0] for names in SAME if option in names]
    if command in LAST_WORD and "--output" in meant:
        return LAST_WORD[command]
    return next((f"here it is called {name}" for name in meant if name in known), "")
