# The configuration, checked once; the names that the rules share.

try:
    PLAN = Plan.from_values(config)
    for resolved in PLAN.configuration.datasets:
        if PLAN.layout(resolved).lock.is_file():
            # Checks the overrides: inside a rule the error would come with a traceback.
            PLAN.lock(resolved)
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
    return cleaned_of(wildcards.dataset)


def cleaned_of(dataset):
    """The same for a dataset by its name."""
    checkpoints.resolve.get(dataset=dataset)
    layout = PLAN.layout(dataset)
    try:
        entries = PLAN.lock(dataset).recordings
    except EegmillError as error:
        raise WorkflowError(str(error)) from None
    return [
        path(entry.recording)
        for entry in entries
        for path in (layout.qc, layout.report)
    ]


def all_cleaned(wildcards):
    """Those of all datasets: a manifest stands after a failed run too, so it alone does not say that all is done."""
    return [
        path for dataset in PLAN.configuration.datasets for path in cleaned_of(dataset)
    ]
