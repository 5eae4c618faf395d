# A benchmark as jobs, for a cluster: snakemake --snakefile workflow/benchmark.smk --configfile FILE.yaml --cores 4
# Each recording is cut once, each model scored once a cohort, target, features and seed. Names hold digests, so that what
# stands is not done again, and what changed is. `eegmill benchmark FILE.yaml` does the same in one process.

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.27")
HERE = Path(str(workflow.current_basedir)).parent

if "eegmill" not in sys.modules and (HERE / "src").is_dir():
    sys.path.insert(0, str(HERE / "src"))

from eegmill.benchmark.configuration import load_benchmark
from eegmill.benchmark.plan import plan_of, write_plan
from eegmill.errors import EegmillError

try:
    PLAN = plan_of(
        load_benchmark(
            config,
            Path(workflow.configfiles[-1]).parent if workflow.configfiles else None,
        )
    )
except EegmillError as error:
    raise WorkflowError(str(error)) from None
PLAN_FILE = write_plan(PLAN)
SCORINGS = {scoring.digest: scoring for scoring in PLAN.scorings}
WORK = str(PLAN.work)


localrules:
    benchmark,
    results,


wildcard_constraints:
    recording="sub-[^/.]+",
    digest="[0-9a-f]{16}",


rule benchmark:
    default_target: True
    input:
        PLAN.work / PLAN.receipt,


rule cut:
    output:
        f"{WORK}/items/{{recording}}.{{digest}}.npz",
    log:
        f"{WORK}/items/{{recording}}.{{digest}}.log",
    conda:
        "../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        plan=PLAN_FILE,
    shell:
        "python -m eegmill.benchmark {params.plan:q} cut {wildcards.digest} > {log:q} 2>&1"


rule score:
    input:
        lambda wildcards: [
            ancient(PLAN.work / cutting.file)
            for cutting in PLAN.cuttings_of(SCORINGS[wildcards.digest])
        ],
    output:
        f"{WORK}/scores/{{what}}.{{digest}}.json",
    log:
        f"{WORK}/scores/{{what}}.{{digest}}.log",
    conda:
        "../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 120 * attempt,
    params:
        plan=PLAN_FILE,
    shell:
        "python -m eegmill.benchmark {params.plan:q} score {wildcards.digest} > {log:q} 2>&1"


rule results:
    input:
        [ancient(PLAN.work / scoring.file) for scoring in PLAN.scorings],
    output:
        PLAN.work / PLAN.receipt,
    log:
        (PLAN.work / PLAN.receipt).with_suffix(".log"),
    conda:
        "../envs/eegmill.yaml"
    params:
        plan=PLAN_FILE,
    shell:
        "python -m eegmill.benchmark {params.plan:q} results > {log:q} 2>&1"
