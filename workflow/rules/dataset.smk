# All recordings of a dataset to a valid, sealed derivative dataset.


rule dataset:
    input:
        ancient(cleaned),
    output:
        f"{WORK}/dataset/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/dataset/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(light),
        runtime=runtime_min(light),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow dataset {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"


rule validate:
    input:
        ancient(done("dataset")),
    output:
        f"{WORK}/validate/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/validate/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(light),
        runtime=runtime_min(light),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow validate {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"


rule index:
    input:
        ancient(done("validate")),
    output:
        f"{WORK}/index/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/index/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(light),
        runtime=runtime_min(light),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow index {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"


rule manifest:
    input:
        ancient(done("index")),
        *([ancient(done("features"))] if PLAN.features else []),
    output:
        f"{WORK}/manifest/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/manifest/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(light),
        runtime=runtime_min(light),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow manifest {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"
