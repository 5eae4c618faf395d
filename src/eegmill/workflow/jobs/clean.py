"""Fitted ICA to BIDS derivative."""

from __future__ import annotations

from ...chain import Chain, record_of, run_steps
from ...derivative.write import write_derivative
from ...files.scratch import load, save
from ...provenance.activity import file_digests
from ..observed import observed
from ..plan import Plan


def run(plan: Plan, dataset: str, recording: str) -> None:
    """Run the steps behind the ICA and write the derivative."""
    layout = plan.layout(dataset)
    overrides = plan.overrides_of(dataset, recording)
    seed = plan.configuration.seed
    _, tail = plan.recipe.split()
    with observed("clean", plan, dataset=dataset, recording=recording) as job:
        begun = load(layout.decomposed(recording), Chain)
        chain = run_steps(begun, tail, seed=seed, overrides=overrides)
        record = record_of(chain, recording, recipe=plan.recipe, seed=seed, overrides=overrides)
        save(chain, layout.cleaned(recording))
        files = write_derivative(
            chain.recording,
            record,
            entry=plan.recording(dataset, recording),
            raw_root=layout.raw,
            derivative=layout.derivative,
            activity_id=job.id,
        )
        job.steps = chain.times[len(begun.times) :]
        job.generated = file_digests(files, root=layout.derivative, place="derivative")
