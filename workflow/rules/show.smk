# For `snakemake --report`: `snakemake show` copies pages and tables out of the finished derivatives, where they are marked.


rule show:
    input:
        shown,


rule show_dataset:
    input:
        ancient(done("manifest")),
    output:
        table=report(
            f"{WORK}/show/{{recipe}}.{{digest}}.tsv",
            caption="../report/status.rst",
            category="{dataset}",
            subcategory="{recipe}",
            labels={"what": "status of each recording"},
        ),
        pages=report(
            directory(f"{WORK}/show/{{recipe}}.{{digest}}.pages"),
            patterns=["{recording}_report.html"],
            caption="../report/page.rst",
            category="{dataset}",
            subcategory="{recipe}",
            labels={"what": "page of {recording}"},
        ),
    log:
        f"{WORK}/show/{{recipe}}.{{digest}}.log",
    conda:
        "../../envs/eegmill.yaml"
    params:
        derivative=lambda wildcards: PLAN.layout(wildcards.dataset).derivative,
    shell:
        """
        (
            cp {params.derivative:q}/status.tsv {output.table:q}
            mkdir {output.pages:q}
            find {params.derivative:q} -name '*_report.html' -exec cp '{{}}' {output.pages:q} ';'
        ) >{log:q} 2>&1
        """
