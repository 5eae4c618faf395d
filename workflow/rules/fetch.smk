# Lock file to raw BIDS files, verified.


rule fetch:
    input:
        ancient(f"{OUTPUT}/locks/{{dataset}}.lock.json"),
    output:
        f"{OUTPUT}/work/{{dataset}}/fetched/{{recording}}.json",
    log:
        f"{OUTPUT}/work/{{dataset}}/fetched/{{recording}}.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digest=of_recording(PLAN.fetch_digest),
    shell:
        "python -m eegmill.workflow fetch {wildcards.dataset:q} {wildcards.recording:q} > {log:q} 2>&1"
