# The configuration, checked once; the names that the rules share.

try:
    PLAN = Plan.from_values(
        config,
        folder=Path(workflow.configfiles[-1]).parent if workflow.configfiles else None,
    )
    if workflow.is_main_process:
        check_selections(PLAN, network=is_dry(sys.argv))
        LOOKS_BESIDE_A_RUN = only_looks(sys.argv) and is_held(
            Path(PLAN.configuration.output)
        )
        if not only_looks(sys.argv):
            HELD = hold(Path(PLAN.configuration.output))
            refuse_closed_folders(PLAN)
            note_interrupts(Path(PLAN.configuration.output))
            note_asked(PLAN)
            index_locks(PLAN)
            keep_overview(PLAN)
        for note in [] if LOOKS_BESIDE_A_RUN else check_receipts(PLAN):
            print(f"eegmill: {note}", file=sys.stderr)
        if is_whole(PLAN):  # Snakemake then calls no hook
            tell_done(PLAN)
except EegmillError as error:
    BOARD.refusal = str(error)
    tell([BOARD.refusal])
    sys.exit(
        error.exit_code
    )  # WorkflowError would name a file and a line of this workflow
except OSError as error:
    BOARD.refusal = explain(error) or str(error)
    tell([BOARD.refusal])
    sys.exit(1)
except (MemoryError, ImportError, RuntimeError) as error:
    if not out_of_memory(error):
        raise
    BOARD.refusal = NO_MEMORY
    tell([BOARD.refusal])
    sys.exit(1)
PLAN.to_environment()
SETTINGS = SnakemakeSettings(workflow)
GROUPS = Groups(
    PLAN, SETTINGS, writes=workflow.is_main_process and not only_looks(sys.argv)
)

WORK = f"{PLAN.configuration.output}/work/{{dataset}}"


wildcard_constraints:
    dataset="[^/]+",
    recipe="[^/]+",
    digest="[0-9a-f]{16}",
    group="[0-9a-f]{16}",


def done(stage):
    """An input function: the receipt of a stage for a job's dataset."""
    return lambda wildcards: PLAN.receipt(stage, wildcards.dataset)


def mem_mb(ask):
    """A `resources` function: memory, which grows with each attempt."""
    return lambda wildcards, attempt, threads: attempt * ask(wildcards, threads).mem_mb


def runtime_min(ask):
    """A `resources` function: time, which grows with each attempt."""
    return (
        lambda wildcards, attempt, threads: attempt
        * ask(wildcards, threads).runtime_min
    )


def this_attempt(_, attempt):
    """A `resources` function: by it a job knows what a failed attempt left behind."""
    return attempt


def of_group(job):
    """What it takes to do a job on the recordings of a group."""
    return lambda wildcards, threads: GROUPS.named(
        wildcards.dataset, wildcards.group
    ).allotment(job, threads)


def light(*_):
    """What a job on a dataset takes."""
    return light_resources()


def of_features(wildcards, *_):
    """What it takes to compute the features of all recordings of a dataset, one after the other."""
    recordings = PLAN.lock(wildcards.dataset).recordings
    return allotment_for([features_need(entry) for entry in recordings])


def side_by_side(wildcards):
    """A `threads` function: how many recordings of a group are cleaned at once."""
    return GROUPS.named(wildcards.dataset, wildcards.group).threads


def behind(_, resources):
    """A `params` function: whether another attempt, or another job, comes behind the one that fetches.

    It takes resources, since Snakemake notes what depends on nothing else, and loads pandas for it.
    """
    last = " last=fetch" if SETTINGS.stop_at("fetch") else ""
    return f"retries={SETTINGS.retries}{last}"


# What a job is told of its resources.
GIVEN = (
    "attempt={resources.attempt} mem_mb={resources.mem_mb} runtime={resources.runtime}"
)


def fetched(wildcards):
    """What brings the raw files of a group; nothing where they are there."""
    group = GROUPS.named(wildcards.dataset, wildcards.group)
    layout = PLAN.layout(wildcards.dataset)
    return [] if group.is_fetched else [layout.group_done("fetch", group.name)]


def cleaned(wildcards):
    """The groups of recordings that are still to be cleaned, of all that the lock names."""
    return cleaned_of(wildcards.dataset)


def cleaned_of(dataset):
    """The same for a dataset by its name; before it is resolved, Snakemake is told to come again."""
    if not is_resolved(PLAN, dataset):
        checkpoints.resolve.get(dataset=dataset, digest=PLAN.digest("resolve", dataset))
    try:
        layout = PLAN.layout(dataset)
        return [layout.group_done("clean", group.name) for group in GROUPS.of(dataset)]
    except EegmillError as error:
        raise WorkflowError(str(error)) from None


def everything(_):
    """What a run is to end with: every recording, and each dataset as a whole."""
    if workflow.dag_settings.until and not workflow.dryrun:
        try:
            resolve_now(
                PLAN
            )  # Snakemake looks for the jobs of --until before any checkpoint has run
        except EegmillError as error:
            raise WorkflowError(str(error)) from None
    return [path for dataset in PLAN.datasets for path in all_of(dataset)]


def all_of(dataset):
    """The same for one dataset; as long as it has no lock, that: one that cannot be resolved keeps no other waiting."""
    if not is_resolved(PLAN, dataset):
        return [PLAN.receipt("resolve", dataset)]
    return [*cleaned_of(dataset), PLAN.receipt("manifest", dataset)]


def shown(_):
    """The tables of all datasets."""
    return [
        PLAN.layout(dataset).work
        / "show"
        / f"{PLAN.recipe.name}.{PLAN.digest('manifest', dataset)}.tsv"
        for dataset in PLAN.datasets
        if cleaned_of(dataset) is not None
    ]
