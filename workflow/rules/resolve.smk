# Dataset ID to lock file: the only rule that asks the metadata API.


checkpoint resolve:
    output:
        update(f"{OUTPUT}/locks/{{dataset}}.lock.json"),
    log:
        f"{OUTPUT}/work/{{dataset}}/resolve.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        question=lambda wildcards: PLAN.resolve_digest(wildcards.dataset),
    shell:
        "python -m eegmill.workflow resolve {wildcards.dataset:q} > {log:q} 2>&1"
