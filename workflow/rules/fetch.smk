# Lock file to raw BIDS files, verified.


rule fetch:
    output:
        f"{WORK}/fetch/{{recording}}.{{digest}}.json",
    log:
        f"{WORK}/fetch/{{recording}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digests=digests("fetch"),
    shell:
        "python -m eegmill.workflow fetch {wildcards.dataset:q} {wildcards.recording:q} {params.digests} > {log:q} 2>&1"
