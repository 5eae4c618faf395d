# Lock file to raw BIDS files, verified.


rule fetch:
    output:
        f"{WORK}/fetch/{{recording}}.{{digest}}.json",
    log:
        f"{WORK}/fetch/{{recording}}.{{digest}}.log",
    localrule: not fetches_on_nodes()
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(to_fetch),
        runtime=runtime_min(to_fetch),
        attempt=this_attempt,
    params:
        digests=digests("fetch"),
    shell:
        f"python -m eegmill.workflow fetch {GIVEN} {{wildcards.dataset:q}} {{wildcards.recording:q}} {{params.digests}} > {{log:q}} 2>&1"
