"""Which cryptography is used where, for the register (BIO 8.24). Sizes and costs are the code's own constants.

A test walks through the code: who imports cryptography must stand here, and who stands here must use it.
"""

from dataclasses import dataclass

from . import keyring, passwords
from .chain import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Use:
    what: str
    how: str
    key: str
    purposes: tuple[str, ...]  # keys of the keyring
    modules: tuple[str, ...]


def _bits(size: int) -> int:
    return size * 8


AES = f"AES-{_bits(keyring.KEY_BYTES)}-GCM, willekeurige nonce, gebonden aan zijn plaats"
HMAC = "HMAC-SHA256"


def uses() -> tuple[Use, ...]:
    argon = passwords.BoundedArgon2PasswordHasher
    return (
        Use("persoonlijke tekst van een signaal", AES, f"willekeurig per signaal, {_bits(keyring.KEY_BYTES)} bits", (),
            ("storage/sealing.py",)),
        Use("de sleutel van een signaal", AES, "sleutelbos", ("wrap",), ("storage/sealing.py",)),
        Use("concepten en formuliertokens", AES, "sleutelbos, afgeleid per persoon", ("token",),
            ("storage/sealing.py", "storage/form_tokens.py")),
        Use("linktokens in berichten die wachten", AES, "sleutelbos", ("link",), ("storage/sealing.py",)),
        Use("verwijzing naar de melder", HMAC, "sleutelbos", ("reporter_tie",), ("storage/keyed_hashes.py",)),
        Use("linktokens en telefooncodes", HMAC, "sleutelbos", ("link",), ("storage/keyed_hashes.py",)),
        Use("verwijzing naar een concept", HMAC, "sleutelbos", ("token",), ("storage/keyed_hashes.py",)),
        Use("afleiden van sleutels per gebruik; vingerafdruk van de sleutelbos", f"{HMAC}, SHA-256", "sleutelbos",
            keyring.PURPOSES, ("storage/keyring.py",)),
        Use("geschiedenis en leeslog", f"SHA-256-keten, {_bits(HASH_BYTES)} bits", "geen", (), ("storage/chain.py",)),
        Use("wachtwoorden", f"Argon2id, {argon.memory_cost // 1024} MiB, {argon.time_cost} rondes, "
            f"{argon.parallelism} banen", "geen", (), ("storage/passwords.py",)),
        Use("willekeurige tokens, codes en eerste wachtwoorden", "toevalsgenerator van het besturingssysteem", "geen", (),
            ("services/partner_links.py", "services/founding.py", "services/demo.py")),
        Use("tellers van aanmeldpogingen", HMAC, "SECRET_KEY", (), ("project/cache.py",)),
        Use("sessies en CSRF", "ondertekening van Django (HMAC-SHA256)", "SECRET_KEY", (), ("project/environment.py",)),
        Use("vingerafdruk van wat op een scherm stond, en van een regiopakket", "SHA-256", "geen", (),
            ("services/disclosure.py", "services/destruction.py", "web/pages/report_form.py", "web/pages/feedback.py",
             "policies/canonical.py")),
    )
