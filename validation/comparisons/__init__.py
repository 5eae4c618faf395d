"""Comparisons with other software. Each module prints a section; on one thread, unless the environment sets another number."""

from validation.threads import limit_threads

limit_threads()
