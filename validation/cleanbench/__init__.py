"""CleanBench: pipelines that clean EEG, measured on simulated truth and on faults put into real recordings."""
