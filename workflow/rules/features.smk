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
    threads: 1
    resources:
        mem_mb=mem_mb(of_all),
        runtime=runtime_min(of_all),
        attempt=this_attempt,
    shell:
        f"python -m eegmill.workflow features {GIVEN} {{wildcards.dataset:q}} {{wildcards.digest}} > {{log:q}} 2>&1"
