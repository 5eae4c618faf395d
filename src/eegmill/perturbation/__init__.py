"""How firm the decisions on a recording are: it is cleaned again with small changes, and what turns is counted.

The room is not called ``stability``, since `eegmill.stability` is its function.
"""
