# Raw recording to clean recording, in two jobs: what comes behind the ICA can be changed without fitting it again.


rule decompose:
    input:
        rules.fetch.output,
    output:
        f"{WORK}/decomposed.pkl",
    log:
        f"{WORK}/decompose.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digest=of_recording(PLAN.decompose_digest),
    shell:
        "python -m eegmill.workflow decompose {wildcards.dataset:q} {wildcards.recording:q} > {log:q} 2>&1"


rule clean:
    input:
        rules.decompose.output,
    output:
        f"{DERIVATIVE}/{{folder}}/eeg/{{recording}}_desc-preproc_qc.json",
        temp(f"{WORK}/cleaned.pkl"),
    log:
        f"{WORK}/clean.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digest=of_recording(PLAN.clean_digest),
    shell:
        "python -m eegmill.workflow clean {wildcards.dataset:q} {wildcards.recording:q} > {log:q} 2>&1"
