"""eegmill: from dataset IDs to clean BIDS derivatives. See README.md; every key is in config/README.md."""

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.27")
HERE = Path(str(workflow.current_basedir))

if "eegmill" not in sys.modules and (HERE / "src").is_dir():
    sys.path.insert(0, str(HERE / "src"))

from eegmill.errors import EegmillError
from eegmill.files.os_errors import NO_MEMORY, explain, out_of_memory
from eegmill.live.board import BOARD
from eegmill.machine import fetches_on_nodes
from eegmill.workflow.asked import note_asked
from eegmill.workflow.finish import tell, tell_done
from eegmill.workflow.groups import Groups
from eegmill.workflow.in_use import (
    hold,
    is_dry,
    is_held,
    note_interrupts,
    only_looks,
    refuse_closed_folders,
)
from eegmill.workflow.overview import keep_overview
from eegmill.workflow.plan import Plan
from eegmill.workflow.resources import (
    allotment_for,
    features_need,
    light_resources,
)
from eegmill.workflow.resolving import resolve_now
from eegmill.workflow.snakemake_settings import SnakemakeSettings
from eegmill.workflow.standing import (
    check_receipts,
    check_selections,
    index_locks,
    is_resolved,
    is_whole,
)


include: "workflow/rules/plan.smk"


localrules:
    all,
    resolve,
    dataset,
    validate,
    index,
    manifest,
    show,
    show_dataset,


rule all:
    default_target: True
    input:
        everything,


include: "workflow/rules/resolve.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/clean.smk"
include: "workflow/rules/dataset.smk"
include: "workflow/rules/show.smk"
include: "workflow/rules/features.smk"


onsuccess:
    BOARD.close_view()
    tell_done(PLAN)


onerror:
    BOARD.close_view()
    shell(f"python -m eegmill.workflow finish late_s={SETTINGS.late_s:g}")
