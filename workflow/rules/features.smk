# Clean recordings of a dataset to tables of features, where the configuration asks for them.


rule features:
    input:
        ancient(done("validate")),
    output:
        f"{WORK}/features/{{recipe}}.{{digest}}.json",
    log:
        f"{WORK}/features/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    shell:
        "python -m eegmill.workflow features {wildcards.dataset:q} {wildcards.digest} > {log:q} 2>&1"
