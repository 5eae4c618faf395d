# Dataset ID to lock file: the only rule that asks the metadata API.


checkpoint resolve:
    output:
        f"{WORK}/resolve/{{dataset}}.{{digest}}.json",
    log:
        f"{WORK}/resolve/{{dataset}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(light),
        runtime=runtime_min(light),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow resolve {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"
