"""Room: web. Translates HTTP.

In:   a request.
Out:  one service call, and a page or a JSON answer made from the card it returned.
Door: imports services; policies and rules only to explain. No storage, no channels.
"""
