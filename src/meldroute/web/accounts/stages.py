"""The step of signing in that asks for a second factor; skipped when the identity provider has just asked for one."""

from allauth.mfa.stages import AuthenticateStage

from .second_factor import MARK


class SecondFactorStage(AuthenticateStage):
    def _should_handle(self, request: object) -> bool:
        used = (request.session.get(MARK) or {}).get("who") == str(self.login.user.pk)
        return not used and super()._should_handle(request)
