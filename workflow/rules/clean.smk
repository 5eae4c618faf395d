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
    params:
        digests=digests("fetch", "decompose", "clean", "report"),
    shell:
        "python -m eegmill.workflow clean {wildcards.dataset:q} {wildcards.recording:q} {params.digests} > {log:q} 2>&1"
