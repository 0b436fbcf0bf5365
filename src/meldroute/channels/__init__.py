"""Room: channels. Sends and fetches.

In:   an address and a text that says that, never what.
Out:  delivered, or an error that names the cause.
Door: the only way out of the building. Knows nothing of storage or services.
"""
