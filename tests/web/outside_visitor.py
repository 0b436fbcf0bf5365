"""A visitor of the page for citizens, over HTTP."""

import re

from django.test import Client

from tests.outside_help import CODE, PHONE, STORY, worked

URL = f"/informatie/{CODE}/"
SHOWN = PHONE.replace("-", "\u2011")  # no line ends within a number


class Visitor:
    """Somebody without a browser's memory: what a page says, they send."""

    def __init__(self, lang="nl", **more):
        self.client, self.lang, self.answer = Client(enforce_csrf_checks=True, **more), lang, None

    def goes(self, step, **sent):
        sent.setdefault("token", self.token)
        self.answer = self.client.post(URL, {"step": step, "lang": self.lang} | {k: v for k, v in sent.items() if v})
        return self

    def sends(self, work=True, narrative=STORY, **said):
        self.goes("write")
        return self.goes("send", narrative=narrative, work=worked(self.token) if work else "", **said)

    @property
    def body(self):
        return self.answer.content.decode() if self.answer else ""

    @property
    def token(self):
        found = re.search(r'name="token" value="([^"]+)"', self.body)
        return found[1] if found else ""

    @property
    def receipt(self):
        return "".join(re.findall(r"<span>(\d{6})</span>", self.body))

    @property
    def text(self):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.body))
