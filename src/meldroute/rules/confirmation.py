"""Acts before which somebody shows once more that it is them: whoever finds a screen open cannot do these."""

# By the name of the route. A page and what it sends are one.
DISCLOSURE = frozenset({"refer", "refer_what", "ask_advice", "ask_more_advice", "new_link"})
ROLES = frozenset({"people_appoint", "people_end", "people_address", "people_start_over", "people_absence", "people_withdraw",
                   "settings_neighbour"})
READING = frozenset({"emergency", "abandoned"})  # who may read what others may not
EXPORT = frozenset({"access_export", "incident"})
DESTRUCTION = frozenset({"destruction", "destroy_attachment"})
# Not here, on purpose: recording a call. With danger the call is made first, and a record must not wait for a password.
SENSITIVE = DISCLOSURE | ROLES | READING | EXPORT | DESTRUCTION


def asks_confirmation(route: str) -> bool:
    return route in SENSITIVE
