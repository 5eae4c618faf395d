# Dataset ID to lock file: the only rule that asks the metadata API.


checkpoint resolve:
    output:
        f"{WORK}/resolve/{{dataset}}.{{digest}}.json",
    log:
        f"{WORK}/resolve/{{dataset}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow resolve {wildcards.dataset:q} {wildcards.digest} > {log:q} 2>&1"
