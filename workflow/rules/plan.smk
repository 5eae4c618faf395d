# The configuration, checked once; the names that the rules share.

try:
    PLAN = Plan.from_values(config)
except EegmillError as error:
    raise WorkflowError(str(error)) from None
PLAN.to_environment()

OUTPUT = Path(PLAN.configuration.output)
RECIPE = PLAN.recipe.name
DERIVATIVE = f"{OUTPUT}/{{dataset}}/derivatives/eegmill-{RECIPE}"
WORK = f"{OUTPUT}/work/{{dataset}}/{RECIPE}/{{folder}}/{{recording}}"


wildcard_constraints:
    dataset="[^/]+",
    recording="sub-[^/]+",
    folder="sub-[^/]+(/ses-[^/]+)?",


def of_recording(digest):
    """A `params` function that asks the plan for a digest of one recording."""
    return lambda wildcards: digest(wildcards.dataset, wildcards.recording)


def cleaned(wildcards):
    """The records and pages of all recordings that the lock names."""
    checkpoints.resolve.get(dataset=wildcards.dataset)
    layout = PLAN.layout(wildcards.dataset)
    try:
        entries = PLAN.lock(wildcards.dataset).recordings
    except EegmillError as error:
        raise WorkflowError(str(error)) from None
    return [
        path(entry.recording)
        for entry in entries
        for path in (layout.qc, layout.report)
    ]
