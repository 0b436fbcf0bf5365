"""Room: services. Makes it happen.

In:   a typed wish, the actor, and the moment it is now.
Out:  one transaction, then a card or a receipt.
Door: puts rules, storage and channels in order. Knows no request, no argv, no template.
"""
