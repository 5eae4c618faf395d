"""What the rules of the workflow call: one module a job."""
