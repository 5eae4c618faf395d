"""Measure the house: its functions, files and imports, what starting costs, and the main job on the embedded sample.

    python -m validation.benchmarks.house [--source FOLDER] [--column TITLE] [--only-code]

FOLDER is a checkout, by default this one; another needs nothing but the libraries of this interpreter. Prints a table in
Markdown with one column of figures.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.import_graph import circles, imports_of, room_of
from validation.markdown import print_table
from validation.processes import Cost, cost_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
ROOT = Path(__file__).parents[2]
REPEATS = 5
RECORDING = "sub-01_task-attention"
ARRAYS = ("NDArray", "ArrayLike")
SHAPE = re.compile(r"\(\s*n_\w+\s*,|\bshape\b")


PLAN_ENVIRONMENT = """
import json, os
try:
    from eegmill.workflow.plan import Plan
except ImportError:  # before the workflow had a room of its own
    from eegmill.plan import Plan
before = dict(os.environ)
Plan.from_values({"datasets": ["eegmill-sample"]}).to_environment()
print(json.dumps({name: value for name, value in os.environ.items() if before.get(name) != value}))
"""
"""The variables by which the rules tell their jobs what is to be done."""


def code_rows(package: Path) -> dict[str, str]:
    """Figures of the source, read without running it."""
    modules = {path: ast.parse(path.read_bytes()) for path in sorted(package.rglob("*.py"))}
    functions = [node for tree in modules.values() for node in ast.walk(tree) if isinstance(node, Function)]
    lengths = [length_of(function) for function in functions]
    lines = [len(path.read_bytes().splitlines()) for path in modules]
    edges = [one for one in imports_of(package) if one.imported.partition(".")[0] == package.name]
    rooms = {(room_of(one.importer), room_of(one.imported)) for one in edges}
    names = step_names(package.parent)
    naming = {path: step_mentions(tree, names) for path, tree in modules.items() if in_other_room(path, package)}
    told, takers = shapes_told(modules.values())
    return {
        "files": f"{len(modules):,}",
        "lines": f"{sum(lines):,}",
        "lines a file: median / p90 / longest": spread(lines),
        "functions": f"{len(functions):,}",
        "lines a function, without docstring: median / p90 / longest": spread(lengths),
        "functions over 30 / over 60 lines": f"{sum(n > 30 for n in lengths)} / {sum(n > 60 for n in lengths)}",
        "circles of files": str(len(circles((one.importer, one.imported) for one in edges if not one.for_types))),
        "rooms in circles": str(sum(map(len, circles(edge for edge in rooms if edge[0] != edge[1])))),
        "files outside `steps/` that name a step / times": f"{sum(map(bool, naming.values()))} / {sum(naming.values())}",
        "public functions that take or give arrays, with their shape in the docstring": f"{told} of {takers}",
    }


def spread(values: list[int]) -> str:
    """Median, 90th percentile and largest."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):g} / {ordered[int(0.9 * (len(ordered) - 1))]} / {ordered[-1]}"


def length_of(function: Function) -> int:
    """Lines of a function without its docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((function.body[0].end_lineno or 0) - function.body[0].lineno + 1)


def step_names(source: Path) -> frozenset[str]:
    """The names of the steps, as the package itself lists them."""
    code = "import json; from eegmill.steps import STEPS; print(json.dumps(list(STEPS)))"
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=True)
    return frozenset(json.loads(found.stdout))


def in_other_room(path: Path, package: Path) -> bool:
    """Whether a module of the package is none of ``steps/``."""
    return path.relative_to(package).parts[0] != "steps"


def step_mentions(tree: ast.AST, names: frozenset[str]) -> int:
    """How often a module has the name of a step as a text: common words such as ``epochs`` count whatever they mean."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return sum(text in names for text in texts)


def shapes_told(modules: Iterable[ast.Module]) -> tuple[int, int]:
    """How many public functions with arrays in their signature tell a shape, and how many there are."""
    trees = list(modules)
    aliases = {name for tree in trees for name in array_aliases(tree)} | set(ARRAYS)
    word = re.compile(rf"\b({'|'.join(sorted(aliases))})\b")
    takers = [node for tree in trees for node in public_functions(tree) if word.search(signature_of(node))]
    return sum(bool(SHAPE.search(ast.get_docstring(node) or "")) for node in takers), len(takers)


def array_aliases(tree: ast.Module) -> Iterator[str]:
    """Names that a module gives to types of arrays."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(word in ast.unparse(node.value) for word in ARRAYS):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name) and target.id != "__all__")


def public_functions(tree: ast.Module) -> list[Function]:
    """Functions and methods whose names do not start with an underscore."""
    found = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return [node for node in found if not node.name.startswith("_")]


def signature_of(function: Function) -> str:
    """The annotations of a function, as text."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [function.returns]
    return " ".join(ast.unparse(annotation) for annotation in annotations if annotation)


@dataclass(frozen=True)
class Checkout:
    """A checkout that runs in a folder of its own."""

    root: Path
    folder: Path

    def run(self, *command: str, **environment: str) -> Cost:
        """Run a module or some code by this interpreter, with the packages of the checkout."""
        more = {"PYTHONPATH": str(self.root / "src"), **environment}
        return cost_of([sys.executable, *command], folder=self.folder, environment=more)

    def output_of(self, code: str) -> str:
        """What some code prints."""
        more = {**os.environ, "PYTHONPATH": str(self.root / "src")}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=self.folder, env=more, capture_output=True, text=True, check=True).stdout

    def snakemake(self, *arguments: str) -> Cost:
        """Run the main command on two cores."""
        config = str(self.root / "config" / "ds.yaml")
        files = ["--snakefile", str(self.root / "Snakefile"), "--configfile", config]
        return self.run("-m", "snakemake", *files, "--cores", "2", *arguments)

    def results(self) -> Iterator[Any]:
        """What jobs wrote down about themselves."""
        for path in sorted((self.folder / "results" / "work").rglob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))

    def digest_of_fetch(self) -> list[str]:
        """What the rule tells the job besides: the digest in the name of the receipt, where there are receipts."""
        receipts = (self.folder / "results" / "work" / "eegmill-sample" / "fetch").glob(f"{RECORDING}.*.json")
        return [f"fetch={path.name.split('.')[1]}" for path in receipts]

    def words_of_fetch(self) -> list[str]:
        """What the rule tells the job: a group of recordings, or before there were groups a recording and its digest."""
        groups = sorted((self.folder / "results" / "work" / "eegmill-sample" / "groups").glob("*.json"))
        return [groups[0].stem] if groups else [RECORDING, *self.digest_of_fetch()]

    def n_recordings(self) -> int:
        """How many recordings the locks name."""
        locks = (self.folder / "results" / "locks").glob("*.json")
        return sum(len(json.loads(path.read_text(encoding="utf-8"))["recordings"]) for path in locks)


def start_rows(checkout: Checkout) -> dict[str, str]:
    """CPU seconds of starting, the least of some runs."""
    commands = {"`import eegmill`": ("-c", "import eegmill"), "`eegmill --help`": ("-m", "eegmill", "--help")}
    return {
        f"{name}, CPU s": f"{min(checkout.run(*command).cpu_s for _ in range(REPEATS)):.2f}"
        for name, command in commands.items()
    }


def fetch_rows(checkout: Checkout) -> dict[str, str]:
    """CPU seconds of a job that finds everything there: the rule's own command, once more in a folder where the main job ran."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in sorted((checkout.root / "workflow").rglob("*.smk")))
    command = re.search(r"python -m (\S+) fetch \{", rules)
    plan = json.loads(checkout.output_of(PLAN_ENVIRONMENT))
    if command is None:
        return {}
    arguments = ["-m", command[1], "fetch", "eegmill-sample", *checkout.words_of_fetch()]
    cpu_s = min(checkout.run(*arguments, **plan).cpu_s for _ in range(REPEATS))
    return {"a `fetch` job that has nothing to fetch, CPU s": f"{cpu_s:.2f}"}


def job_rows(checkout: Checkout) -> dict[str, str]:
    """CPU seconds of the main job on the embedded sample, from an empty folder."""
    whole, nothing = checkout.snakemake().cpu_s, checkout.snakemake().cpu_s
    in_steps = sum(cpu_s_in_steps(value) for value in checkout.results())
    n = checkout.n_recordings()
    return {
        f"main job, {n} recordings, CPU s": f"{whole:.1f}",
        "of it in steps, CPU s": f"{in_steps:.1f}",
        "overhead a recording, all told, CPU s": f"{(whole - in_steps) / n:.1f}",
        "run with nothing to do, CPU s": f"{nothing:.2f}",
    }


def cpu_s_in_steps(value: Any) -> float:
    """CPU seconds of the steps that a job wrote down."""
    activity = (value.get("activity") or value) if isinstance(value, dict) else {}
    steps = activity.get("steps")
    return sum(float(step.get("cpu_s", 0.0)) for step in steps or [] if isinstance(step, dict))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", type=Path, default=ROOT, help="a checkout; by default this one")
    parser.add_argument("--column", default="found", help="title of the column of figures")
    parser.add_argument("--only-code", action="store_true", help="run nothing but the table of steps")
    arguments = parser.parse_args()
    root: Path = arguments.source.resolve()
    rows = code_rows(root / "src" / "eegmill")
    if not arguments.only_code:
        with tempfile.TemporaryDirectory() as folder:
            checkout = Checkout(root, Path(folder))
            rows |= start_rows(checkout) | job_rows(checkout) | fetch_rows(checkout)
    print_table(f"what | {arguments.column}", rows.items())


if __name__ == "__main__":
    main()
