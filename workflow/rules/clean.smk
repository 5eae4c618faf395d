# Raw recording to derivative and page, in one process. The last receipt, that of the page, stands for all.


rule clean:
    input:
        ancient(done("fetch")),
    output:
        f"{WORK}/report/{{recording}}.{{digest}}.json",
    log:
        f"{WORK}/report/{{recording}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    threads: 1
    resources:
        mem_mb=mem_mb(to_clean),
        runtime=runtime_min(to_clean),
        attempt=this_attempt,
    params:
        digests=digests("fetch", "decompose", "clean", "report"),
    shell:
        f"python -m eegmill.workflow clean {GIVEN} {{wildcards.dataset:q}} {{wildcards.recording:q}} {{params.digests}} > {{log:q}} 2>&1"
