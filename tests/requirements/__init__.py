"""Which statement of the policy is asserted by which test.

In:   the pack's list of statements and the `requirement` markers of the whole suite.
Out:  a report, docs/requirements.md, and exit code 1 when a promise has no test.
"""
