"""The smallest pack that parses, for tests that break one thing at a time."""

import copy
import tomllib

TOML = """
[pack]
id = "klein"
name = { nl = "Kleine proefregio", en = "Small test region" }
valid_from = 2025-01-01
max_loops = 1
urgent_partner = "POLITIE"
care_partner = "ZORG"
source = "proef"
status = "proposal"

[[entries]]
about = ["person", "place", "both"]
state = "nieuw"
source = "proef"
status = "proposal"

[[states]]
id = "nieuw"
kind = "entry"
label = { nl = "Nieuw" }
reporter_sees = { nl = "Ontvangen" }
next = { nl = "Lezen" }
owner = "focal_point"
clock = "lezen"
source = "proef"
status = "proposal"

[[states]]
id = "klaar"
kind = "end"
label = { nl = "Klaar" }
reporter_sees = { nl = "Afgerond" }
next = { nl = "Niets" }
source = "proef"
status = "proposal"

[[steps]]
id = "koppel-terug"
act = "give_feedback"
from = ["nieuw"]
by = ["focal_point"]
label = { nl = "Koppel terug" }
source = "proef"
status = "proposal"

[[steps]]
id = "sluit"
act = "close"
from = ["nieuw"]
to = "klaar"
by = ["focal_point"]
guards = ["feedback_settled"]
label = { nl = "Sluit" }
source = "proef"
status = "proposal"

[[steps]]
id = "concludeer"
act = "conclude"
conclusion = "none"
from = ["nieuw"]
to = "nieuw"
by = ["focal_point"]
label = { nl = "Concludeer" }
source = "proef"
status = "proposal"

[[guards]]
id = "feedback_settled"
because = { nl = "geen terugkoppeling" }
opens_with = { nl = "Koppel terug." }
source = "proef"
status = "proposal"

[[forms]]
id = "SU"
label = { nl = "Seksuele uitbuiting" }
definition = { nl = "Dwang" }
source = "proef"
status = "proposal"

[[routes]]
form = "SU"
order = [["POLITIE"], ["ZORG"]]
source = "proef"
status = "proposal"

[[orders]]
first = "POLITIE"
then = "ZORG"
forms = ["SU"]
source = "proef"
status = "proposal"

[[extras]]
id = "extra"
partner = "ZORG"
forms = ["SU"]
because = { nl = "omdat" }
source = "proef"
status = "proposal"

[[partners]]
id = "POLITIE"
name = { nl = "Politie" }
known_as = "Politie"
scope = { nl = "regio" }
police = true
channels = [
  { kind = "tel", value = "0900-8844", confirmed = true, opening = [{ days = ["mon", "fri"], start = "08:00", end = 16:30:00 }], source = "proef", status = "proposal" },
]
source = "proef"
status = "proposal"

[[partners]]
id = "ZORG"
name = { nl = "Zorg" }
known_as = "Zorg"
scope = { nl = "regio" }
source = "proef"
status = "proposal"

[[municipalities]]
code = "GM9001"
name = "Oudstad"
safety_region = "Proef"
care_coordinator = "ZORG"
care_coordinator_status = "inferred"
valid_to = 2025-12-31
successor = "GM9002"
source = "proef"
status = "proposal"

[[municipalities]]
code = "GM9002"
name = "Nieuwstad"
safety_region = "Proef"
care_coordinator = "ZORG"
care_coordinator_status = "inferred"
valid_from = 2026-01-01
source = "proef"
status = "proposal"

[[enrichment]]
id = "adres"
label = { nl = "Adres" }
help = { nl = "Zoek op" }
required = true
legal_bases = ["taak"]
source = "proef"
status = "proposal"

[[indicators]]
id = "MOE"
set = "PROEF"
forms = ["general"]
dimension = "observation"
strength_adult = "weak"
strength_child = "medium"
strength_status = "proposal"
nl = "Moe"
offered_to_reporter = true
plain_nl = "Iemand ziet er moe uit"
source = "proef"
status = "proposal"

[[legal_bases]]
id = "taak"
label = { nl = "Publieke taak" }
kinds = ["ordinary"]
purpose = { nl = "Beoordelen" }
confirmed = false
rests_on = "college"
source = "proef"
status = "to be checked"

[[closing_reasons]]
id = "besproken"
label = { nl = "Besproken" }
needs = "consulted"
source = "proef"
status = "proposal"

[[feedback_texts]]
id = "dank"
nl = "Dank u wel."
source = "proef"
status = "proposal"

[[norms]]
id = "lezen"
amount = 4
unit = "working_hours"
danger = { amount = 1, unit = "hours" }
label = { nl = "Lezen" }
source = "eigen norm"
status = "proposal"

[[norms]]
id = "ontvangst"
for = "acknowledge"
amount = 1
unit = "working_days"
label = { nl = "Ontvangst" }
source = "eigen norm"
status = "proposal"

[[norms]]
id = "besluit"
for = "decide"
amount = 1
unit = "working_days"
label = { nl = "Besluit" }
source = "eigen norm"
status = "proposal"

[[norms]]
id = "uitkomst"
for = "report_back"
amount = 1
unit = "working_days"
label = { nl = "Uitkomst" }
source = "eigen norm"
status = "proposal"

[[norms]]
id = "bellen"
for = "call_again"
amount = 1
unit = "working_days"
label = { nl = "Bellen" }
source = "eigen norm"
status = "proposal"

[[norms]]
id = "nakijken"
for = "review"
amount = 1
unit = "working_days"
label = { nl = "Nakijken" }
source = "eigen norm"
status = "proposal"

[[advice]]
id = "bel"
moments = ["danger", "report_careful"]
nl = "Bel bij gevaar en zoek niets zelf uit."
source = "proef"
status = "proposal"

[[advice]]
id = "wie-leest"
moments = ["report_name", "report_care", "report_colleague"]
nl = "Wie dit behandelt, leest wie u bent."
source = "proef"
status = "proposal"

[[advice]]
id = "kind"
moments = ["report_minor", "minor", "minor_unknown"]
nl = "Vraag advies over een kind."
source = "proef"
status = "proposal"
"""

_TABLES = tomllib.loads(TOML)


def smallest_tables() -> dict:
    """A fresh copy each time, to break as a test likes."""
    return copy.deepcopy(_TABLES)
