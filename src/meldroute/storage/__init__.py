"""Room: storage. Remembers.

In:   what a service wants kept, and facts asked for.
Out:  rows, facts and sealed text that only the right key opens.
Door: the one Django app with tables. Knows nothing of services, channels or pages.
"""
