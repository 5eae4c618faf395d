"""Programs for the interpreters of other software: they import numpy and what they run, and nothing of eegmill.

Run as ``python -m validation.peers.NAME FOLDER``: each answers the questions that lie in the folder as ``.npz`` files.
"""
