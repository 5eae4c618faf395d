# All recordings of a dataset to a valid, sealed derivative dataset.


rule dataset:
    input:
        cleaned,
    output:
        f"{DERIVATIVE}/status.tsv",
        f"{DERIVATIVE}/index.html",
        f"{DERIVATIVE}/dataset_description.json",
    log:
        f"{OUTPUT}/work/{{dataset}}/{RECIPE}/dataset.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digest=lambda wildcards: PLAN.dataset_digest(wildcards.dataset),
    shell:
        "python -m eegmill.workflow dataset {wildcards.dataset:q} > {log:q} 2>&1"


rule validate:
    input:
        rules.dataset.output,
    output:
        f"{DERIVATIVE}/logs/bids-validator.json",
    log:
        f"{OUTPUT}/work/{{dataset}}/{RECIPE}/validate.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow validate {wildcards.dataset:q} > {log:q} 2>&1"


rule manifest:
    input:
        rules.validate.output,
    output:
        f"{DERIVATIVE}/manifest-sha256.txt",
    log:
        f"{OUTPUT}/work/{{dataset}}/{RECIPE}/manifest.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow manifest {wildcards.dataset:q} > {log:q} 2>&1"
