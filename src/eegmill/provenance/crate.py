"""``ro-crate-metadata.json``: the run as a Provenance Run Crate 0.5, for tools that know nothing of BIDS.

Written by hand: the crate is one flat list of entities, and the library for it writes the time of writing.
https://www.researchobject.org/workflow-run-crate/profiles/provenance_run_crate/ (on RO-Crate 1.1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..credit import Credit
from ..files.atomic import write_json
from ..lock import Lock, LockedFile
from .activity import Activity, FileDigest
from .environment import Environment
from .manifest import listed_files

NAME = "ro-crate-metadata.json"
RUN = "https://w3id.org/ro/wfrun"
TERMS = "https://w3id.org/ro/terms/workflow-run#"
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
WORKFLOW = "code/Snakefile"
CONFIG = "code/config.yaml"
LICENCE = "#licence"
AGENT = "#agent"
NOBODY = Credit()
SOURCE, RESULT = "File of the source dataset", "File of the cleaned recording"
COMPLETED = "http://schema.org/CompletedActionStatus"
PROFILES = (
    (f"{RUN}/process/0.5", "Process Run Crate", "0.5"),
    (f"{RUN}/workflow/0.5", "Workflow Run Crate", "0.5"),
    (f"{RUN}/provenance/0.5", "Provenance Run Crate", "0.5"),
    (WORKFLOW_CRATE, "Workflow RO-Crate", "1.0"),
)
MEDIA_TYPES = {
    ".json": "application/json",
    ".tsv": "text/tab-separated-values",
    ".html": "text/html",
    ".yaml": "application/yaml",
    ".md": "text/markdown",
}

Entity = dict[str, Any]


def write_crate(
    derivative: Path,
    activities: Sequence[Activity],
    environment: Environment,
    lock: Lock,
    *,
    credit: Credit = NOBODY,
) -> Path | None:
    """Write the crate. It comes before the manifest, which lists it.

    Parameters
    ----------
    activities
        What was done; without any there is no run to describe, no valid crate, and an old one is removed.
    credit
        Who made and who publishes the derivative.
    """
    if not activities:
        (derivative / NAME).unlink(missing_ok=True)
        return None
    ordered = sorted(activities, key=lambda item: (item.started_at, item.stage, item.recording or ""))
    files = _files(ordered, lock)
    parts = [WORKFLOW, *_own_files(derivative), *files]
    graph = [
        *_root(lock, ordered, parts, credit),
        *_agents(credit),
        *_workflow(environment, ordered),
        *_parameters(ordered, files),
        *_run(ordered, lock, credit),
        *_own_entities(derivative),
        *files.values(),
    ]
    write_json(derivative / NAME, {"@context": _context(), "@graph": graph})
    return derivative / NAME


def _context() -> list[Any]:
    return ["https://w3id.org/ro/crate/1.1/context", {name: f"{TERMS}{name}" for name in ("sha256", "environment")}]


def ref(identifier: str) -> Entity:
    """A reference to an entity."""
    return {"@id": identifier}


def refs(identifiers: Iterable[str]) -> Any:
    """References: one alone stands without a list."""
    found = [ref(identifier) for identifier in dict.fromkeys(identifiers)]
    return found[0] if len(found) == 1 else found


def _root(lock: Lock, activities: Sequence[Activity], parts: Sequence[str], credit: Credit) -> list[Entity]:
    name = f"{lock.title}, cleaned by eegmill"
    about = {"@id": NAME, "@type": "CreativeWork", "about": ref("./")}
    licence = lock.licence or "not stated by the source dataset"
    return [
        {**about, "conformsTo": refs(["https://w3id.org/ro/crate/1.1", WORKFLOW_CRATE])},
        {
            "@id": "./",
            "@type": "Dataset",
            "name": name,
            "description": "Cleaned EEG as a BIDS derivative dataset, with the provenance of every file",
            "datePublished": _last(activities).date().isoformat(),
            "license": ref(LICENCE),
            "author": refs(_authors(credit)),
            "publisher": ref(_publisher(credit)),
            "conformsTo": refs(identifier for identifier, _, _ in PROFILES),
            "mainEntity": ref(WORKFLOW),
            "mentions": refs(["#run", *(_action(activity) for activity in activities)]),
            "hasPart": refs(parts),
        },
        {"@id": LICENCE, "@type": "CreativeWork", "name": licence, "description": "Licence of the source dataset"},
        *({"@id": i, "@type": "CreativeWork", "name": n, "version": v} for i, n, v in PROFILES),
    ]


def _authors(credit: Credit) -> list[str]:
    named = [author.orcid or f"#author-{place}" for place, author in enumerate(credit.authors, start=1)]
    return named or [AGENT]


def _publisher(credit: Credit) -> str:
    return "#publisher" if credit.publisher else _authors(credit)[0]


def _agents(credit: Credit) -> list[Entity]:
    """Authors and publisher; somebody who is not named where the configuration names nobody."""
    found = [
        {
            "@id": identifier,
            "@type": "Person" if author.family_and_given or author.orcid else "Organization",
            "name": author.name,
            **({"affiliation": author.affiliation} if author.affiliation else {}),
        }
        for identifier, author in zip(_authors(credit), credit.authors, strict=False)
    ]
    if not found:
        told = "Whoever ran eegmill; the configuration names no author"
        found = [{"@id": AGENT, "@type": "Person", "name": "not named", "description": told}]
    if credit.publisher:
        found.append({"@id": "#publisher", "@type": "Organization", "name": credit.publisher})
    return found


def _last(activities: Sequence[Activity]) -> datetime:
    return max(activity.ended_at for activity in activities)


def _action(activity: Activity) -> str:
    return f"#{activity.id.rpartition('#')[2]}"


def _stages(activities: Sequence[Activity]) -> list[str]:
    return list(dict.fromkeys(activity.stage for activity in activities))


def _tool(stage: str) -> str:
    return f"{WORKFLOW}#{stage}"


def _workflow(environment: Environment, activities: Sequence[Activity]) -> list[Entity]:
    stages = _stages(activities)
    version = environment.packages.get("snakemake", "unknown")
    inputs, outputs = refs(["#param-raw", "#param-config", "#param-seed"]), ref("#param-clean")
    workflow = {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "eegmill",
        "description": "From an EEG dataset ID to clean derivatives",
        "version": environment.eegmill,
        "encodingFormat": "text/plain",
        "programmingLanguage": ref(SNAKEMAKE),
        "license": ref("https://spdx.org/licenses/BSD-3-Clause"),
        "hasPart": refs(map(_tool, stages)),
        "step": refs(f"{_tool(stage)}-step" for stage in stages),
        "input": inputs,
        "output": outputs,
        **({"identifier": environment.commit} if environment.commit else {}),
    }
    language = {"@id": SNAKEMAKE, "@type": "ComputerLanguage", "name": "Snakemake", "version": version}
    links = {
        "identifier": ref("https://doi.org/10.1093/bioinformatics/bts480"),
        "url": ref("https://snakemake.github.io"),
    }
    bsd = {"@id": "https://spdx.org/licenses/BSD-3-Clause", "@type": "CreativeWork", "name": "BSD-3-Clause"}
    engine = {"@id": "#snakemake", "@type": "SoftwareApplication", "name": "snakemake", "softwareVersion": version}
    return [
        workflow,
        language | links,
        bsd | {"description": "Licence of eegmill"},
        engine,
        *_packages(environment),
        *(_tool_entity(stage, environment, inputs, outputs) for stage in stages),
        *(_step_entity(stage, place) for place, stage in enumerate(stages, start=1)),
    ]


def _packages(environment: Environment) -> list[Entity]:
    return [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        for name, version in sorted(environment.packages.items())
        if name != "snakemake"
    ]


def _tool_entity(stage: str, environment: Environment, inputs: Any, outputs: Any) -> Entity:
    return {
        "@id": _tool(stage),
        "@type": "SoftwareApplication",
        "name": f"eegmill {stage}",
        "softwareVersion": environment.eegmill,
        "softwareRequirements": refs(f"#{name}" for name in sorted(environment.packages)),
        "input": inputs,
        "output": outputs,
    }


def _step_entity(stage: str, place: int) -> Entity:
    return {
        "@id": f"{_tool(stage)}-step",
        "@type": "HowToStep",
        "name": stage,
        "position": str(place),
        "workExample": ref(_tool(stage)),
    }


def _parameters(activities: Sequence[Activity], files: Mapping[str, Entity]) -> list[Entity]:
    seeds = sorted({activity.seed for activity in activities if activity.seed is not None})
    given = {
        "raw": ("File", [key for key, item in files.items() if item["description"] == SOURCE]),
        "config": ("File", [CONFIG]),
        "seed": ("Integer", [f"#seed-{seed}" for seed in seeds]),
        "clean": ("File", [key for key, item in files.items() if item["description"] == RESULT]),
    }
    formal = [
        {
            "@id": f"#param-{name}",
            "@type": "FormalParameter",
            "name": name,
            "additionalType": kind,
            "conformsTo": ref(PARAMETER),
            **({"workExample": refs(values)} if values else {}),
        }
        for name, (kind, values) in given.items()
    ]
    actual = [
        {
            "@id": f"#seed-{seed}",
            "@type": "PropertyValue",
            "name": "seed",
            "value": str(seed),
            "exampleOfWork": ref("#param-seed"),
        }
        for seed in seeds
    ]
    return [*formal, *actual]


def _run(activities: Sequence[Activity], lock: Lock, credit: Credit) -> list[Entity]:
    urls = _urls(lock)
    inputs = [i for activity in activities for i in _ids(activity.used, urls)]
    results = [i for activity in activities for i in _ids(activity.generated, urls)]
    started = min(activity.started_at for activity in activities)
    whole = {
        **_acted("#run", "Run of eegmill", WORKFLOW, started, _last(activities)),
        "description": "snakemake",
        "object": refs([*inputs, CONFIG]),
        "result": refs(results),
    }
    agent = {"agent": ref(_authors(credit)[0])}
    engine = {
        "@id": "#engine",
        "@type": "OrganizeAction",
        "name": "Run of Snakemake",
        "instrument": ref("#snakemake"),
        "object": refs(f"{_action(activity)}-control" for activity in activities),
        "result": ref("#run"),
    }
    jobs = (item | agent for activity in activities for item in _job(activity, urls))
    return [whole | agent, engine | agent, *jobs]


def _job(activity: Activity, urls: Mapping[str, str]) -> list[Entity]:
    seed = [] if activity.seed is None else [f"#seed-{activity.seed}"]
    name = f"{activity.stage} {activity.recording or 'dataset'}"
    results = _ids(activity.generated, urls)
    action = {
        **_acted(_action(activity), name, _tool(activity.stage), activity.started_at, activity.ended_at),
        "description": activity.command,
        "object": refs([*_ids(activity.used, urls), CONFIG, *seed]),
        **({"result": refs(results)} if results else {}),
    }
    control = {
        "@id": f"{_action(activity)}-control",
        "@type": "ControlAction",
        "name": f"orchestrate {name}",
        "instrument": ref(f"{_tool(activity.stage)}-step"),
        "object": ref(_action(activity)),
        "actionStatus": COMPLETED,
    }
    return [action, control]


def _acted(identifier: str, name: str, instrument: str, started: datetime, ended: datetime) -> Entity:
    return {
        "@id": identifier,
        "@type": "CreateAction",
        "name": name,
        "startTime": started.isoformat(timespec="seconds"),
        "endTime": ended.isoformat(timespec="seconds"),
        "actionStatus": COMPLETED,
        "instrument": ref(instrument),
    }


def _ids(files: Sequence[FileDigest], urls: Mapping[str, str]) -> list[str]:
    """Identifiers of files, scratch left out: it is not kept."""
    return [file_ref(file, urls) for file in files if file.place != "scratch"]


def file_ref(file: FileDigest, urls: Mapping[str, str]) -> str:
    """Path of a file of ours, address of one of the source."""
    return quote(file.path, safe="/+") if file.place == "derivative" else urls.get(file.path, f"bids:raw:{file.path}")


def _urls(lock: Lock) -> dict[str, str]:
    """Addresses of source files that the whole world can use."""
    locked = {file.path: file for entry in lock.recordings for file in entry.files}
    return {path: file.url for path, file in locked.items() if file.url.startswith(("https://", "http://", "s3://"))}


def _files(activities: Sequence[Activity], lock: Lock) -> dict[str, Entity]:
    urls = _urls(lock)
    locked = {file.path: file for entry in lock.recordings for file in entry.files}
    seen = {
        file_ref(file, urls): file
        for activity in activities
        for file in (*activity.used, *activity.generated)
        if file.place != "scratch"
    }
    return {key: _file_entity(key, seen[key], locked.get(seen[key].path)) for key in sorted(seen)}


def _file_entity(key: str, file: FileDigest, locked: LockedFile | None) -> Entity:
    source = file.place == "raw"
    return {
        **_described(key, file.path, SOURCE if source else RESULT),
        "contentSize": str(file.size),
        "sha256": file.sha256,
        "exampleOfWork": ref("#param-raw" if source else "#param-clean"),
        **({"alternateName": f"bids:raw:{file.path}"} if source else {}),
        **({"identifier": locked.annex_key} if source and locked and locked.annex_key else {}),
    }


def _described(key: str, path: str, description: str) -> Entity:
    name = path.rpartition("/")[2]
    kind = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    return {"@id": key, "@type": "File", "name": name, "description": description, "encodingFormat": kind}


def _own_files(derivative: Path) -> list[str]:
    """Files that no activity names and that tell how the others were made."""
    return [path for path in listed_files(derivative) if path.startswith("code/") and path != WORKFLOW]


def _own_entities(derivative: Path) -> list[Entity]:
    entities = [_described(path, path, "How the files of this crate were made") for path in _own_files(derivative)]
    return [item | ({"exampleOfWork": ref("#param-config")} if item["@id"] == CONFIG else {}) for item in entities]
