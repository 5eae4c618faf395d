# All recordings of a dataset to a valid, sealed derivative dataset.


rule dataset:
    input:
        ancient(cleaned),
    output:
        f"{WORK}/dataset/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/dataset/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow dataset {wildcards.dataset:q} {wildcards.digest} > {log:q} 2>&1"


rule validate:
    input:
        ancient(done("dataset")),
    output:
        f"{WORK}/validate/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/validate/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow validate {wildcards.dataset:q} {wildcards.digest} > {log:q} 2>&1"


rule manifest:
    input:
        ancient(done("validate")),
    output:
        f"{WORK}/manifest/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/manifest/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow manifest {wildcards.dataset:q} {wildcards.digest} > {log:q} 2>&1"
