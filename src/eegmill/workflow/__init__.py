"""What runs: the plan, its stages and jobs."""
