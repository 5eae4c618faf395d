# Raw recordings of a group to derivatives and pages: a process that loads everything once, and a child for each recording.


rule clean:
    input:
        ancient(fetched),
    output:
        f"{WORK}/groups/{{group}}.clean.done",
    log:
        f"{WORK}/groups/{{group}}.clean.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: side_by_side
    resources:
        mem_mb=mem_mb(of_group("clean")),
        runtime=runtime_min(of_group("clean")),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow clean {GIVEN} threads={{threads}} {{wildcards.dataset:q}} {{wildcards.group}} > {{log:q}} 2>&1"
