"""Django's own PostgreSQL connection, and one thing more: the boundary of `storage.boundary` goes to the server.

It is said when the first statement needs it and again only when it changed: one short statement for a request, none
for a request after it with the same boundary on the same connection. Whatever cannot be known (a new connection, one
from the pool, a rollback, which also takes back what was said) is said again.
"""

from django.db.backends.postgresql import base

from ..boundary import current
from ..row_security import SAY, mentions_guarded_table, words_of


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._said = None  # what the server knows; None: nobody can tell
        self.execute_wrappers.append(self._within_boundary)

    def get_new_connection(self, conn_params):
        self._said = None
        return super().get_new_connection(conn_params)

    def _rollback(self):
        self._said = None
        return super()._rollback()

    def _savepoint_rollback(self, sid):
        self._said = None
        return super()._savepoint_rollback(sid)

    def _within_boundary(self, execute, sql, params, many, context):
        if mentions_guarded_table(sql):
            wanted = words_of(current())
            if self._said != wanted:
                with self.cursor() as cursor:
                    cursor.execute(SAY, wanted)
                self._said = wanted
        return execute(sql, params, many, context)
