"""Django's own PostgreSQL connection, and one thing more: the boundary of `storage.boundary` goes to the server.

It travels in front of the first statement that needs it, in the same message, and again only when it changed: no round
trip more in a request. Whatever cannot be known (a new connection, one from the pool, a rollback or an error, which
also take back what was said) is said again.
"""

from django.db.backends.postgresql import base

from ..boundary import current
from ..row_security import SAY, mentions_guarded_table, said_in_words, words_of


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
        wanted = words_of(current())
        if self._said == wanted or not mentions_guarded_table(sql):
            return execute(sql, params, many, context)
        self._said = None  # until it arrived
        if many or not isinstance(sql, str) or getattr(context["cursor"].cursor, "name", None):
            with self.cursor() as cursor:
                cursor.execute(SAY, wanted)
            self._said = wanted
            return execute(sql, params, many, context)
        result = execute(f"{said_in_words(wanted)}; {sql}", params, many, context)
        context["cursor"].nextset()  # past the answer to what was said in front
        self._said = wanted
        return result
