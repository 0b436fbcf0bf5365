"""Room: rules. Decides.

In:   facts, a policy, and the moment it is now.
Out:  decisions, each with the reason that produced it.
Door: imports the standard library without input or output, and the holiday calendar. No clock, no database, no network.
"""
