"""What every row shares: a key made before insert, and sealed columns bound to that key."""

import json
from uuid import uuid4

from django.db import models

from ..sealing import open_sealed, place_of, seal


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True


class SealedRow(Row):
    """A row with sealed columns. Each holds one JSON object, bound to model, column and row."""

    class Meta:
        abstract = True

    def seal(self, field: str, content: dict, *, key: bytes) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        setattr(self, field, seal(key, text, place=self._place(field)))

    def unseal(self, field: str, *, key: bytes) -> dict:
        """The sealed content. Raises `SealBroken` when it was changed or moved; {} when never written."""
        sealed = getattr(self, field)
        if sealed is None:
            return {}  # an emptied column is not one that was never written: that raises below
        return json.loads(open_sealed(key, sealed, place=self._place(field)))

    def _place(self, field: str) -> str:
        return place_of(self._meta.model_name, field, self.pk)
