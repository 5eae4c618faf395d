"""Raw recording to fitted ICA."""

from __future__ import annotations

from ...chain import Chain, run_steps
from ...files.scratch import save
from ...reading.recording import read_recording
from ..observed import observed, scratch_digest
from ..plan import Plan


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Run the steps up to and including the ICA."""
    layout = plan.layout(dataset)
    head, _ = plan.recipe.split()
    with observed("decompose", plan, dataset=dataset, recording=recording) as job:
        start = Chain(read_recording(layout.raw, plan.recording(dataset, recording)))
        overrides = plan.overrides_of(dataset, recording)
        chain = run_steps(start, head, seed=plan.configuration.seed, overrides=overrides)
        save(chain, layout.decomposed(recording))
        job.steps = chain.times
        job.generated = scratch_digest(layout.decomposed(recording))
