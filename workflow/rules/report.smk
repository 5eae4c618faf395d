# Clean recording to a page that people like to look at.


rule report:
    input:
        rules.clean.output,
    output:
        f"{DERIVATIVE}/{{folder}}/{{recording}}_report.html",
    log:
        f"{WORK}/report.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        digest=PLAN.report_digest(),
    shell:
        "python -m eegmill.workflow report {wildcards.dataset:q} {wildcards.recording:q} > {log:q} 2>&1"
