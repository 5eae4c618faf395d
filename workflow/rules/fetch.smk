# Lock file to raw BIDS files, verified: those of a group of recordings.


rule fetch:
    output:
        f"{WORK}/groups/{{group}}.fetch.done",
    log:
        f"{WORK}/groups/{{group}}.fetch.log",
    localrule: not fetches_on_nodes()
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(of_group("fetch")),
        runtime=runtime_min(of_group("fetch")),
        attempt=this_attempt,
    params:
        behind=behind,
    shell:
        f"python -m eegmill.workflow fetch {GIVEN} {{params.behind}} {{wildcards.dataset:q}} {{wildcards.group}} > {{log:q}} 2>&1"
