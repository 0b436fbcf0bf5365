import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldroute.project.settings")
application = get_wsgi_application()

# After the program is there, because this asks its settings and its database.
from meldroute.services import dpia  # noqa: E402
from meldroute.services.safe_configuration import refuse_unsafe  # noqa: E402

refuse_unsafe()
dpia.only_invented_data()  # heard once, so that pages which ask no database know it too
