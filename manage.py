"""Django's own chores. Everything else is `meldroute`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldroute.project.settings")
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from meldroute.services import boundaries

    boundaries.enter_everywhere()
    execute_from_command_line(sys.argv)
