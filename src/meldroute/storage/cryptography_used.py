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
        Use("documenten", f"{AES}, in delen van 64 KiB", "willekeurig per document, verzegeld onder die van het signaal", (),
            ("storage/sealing.py",)),
        Use("wie een verzoek deed, en wat daarop is gezegd", AES, f"willekeurig per verzoek, {_bits(keyring.KEY_BYTES)} bits", (),
            ("storage/sealing.py",)),
        Use("de sleutel van een signaal of een verzoek", AES, "sleutelbos", ("wrap",), ("storage/sealing.py",)),
        Use("concepten en formuliertokens", AES, "sleutelbos; concepten afgeleid per persoon", ("token",),
            ("storage/sealing.py", "storage/form_tokens.py")),
        Use("wat een pagina voor iemand van buiten onthoudt", f"{AES}; eenmalig", "sleutelbos", ("token",),
            ("storage/sealing.py",)),
        Use("tweede factoren, herstelcodes en sessies", f"{AES} (persoon of rij)", "sleutelbos", ("token",),
            ("storage/sealing.py",)),
        Use("sessiesleutels in de database", "SHA-256 van een willekeurige sleutel", "geen", (), ("storage/sessions.py",)),
        Use("uitnodigingen", f"{HMAC}; zolang de mail wacht {AES}", "sleutelbos", ("link",),
            ("storage/keyed_hashes.py", "storage/sealing.py")),
        Use("een ontvangstnummer van buiten", "scrypt (2^14, 8, 1) met een salt uit de sleutelbos", "sleutelbos", ("reporter_tie",),
            ("storage/keyed_hashes.py",)),
        Use("verwijzing in het log van verwerkingen", HMAC, "sleutelbos", ("reporter_tie",), ("storage/keyed_hashes.py",)),
        Use("linktokens in berichten die wachten", AES, "sleutelbos", ("link",), ("storage/sealing.py",)),
        Use("waarmerk bij een rij die een recht geeft, bij de tweede factoren van een mens en bij een vernietigingsverklaring",
            f"{HMAC}, gebonden aan zijn plaats", "sleutelbos", ("reporter_tie",), ("storage/keyed_hashes.py",)),
        Use("verwijzing naar de melder", HMAC, "sleutelbos", ("reporter_tie",), ("storage/keyed_hashes.py",)),
        Use("linktokens en telefooncodes", HMAC, "sleutelbos", ("link",), ("storage/keyed_hashes.py",)),
        Use("verwijzing naar een concept", HMAC, "sleutelbos", ("token",), ("storage/keyed_hashes.py",)),
        Use("afleiden van sleutels per gebruik; vingerafdruk van de sleutelbos", f"{HMAC}, SHA-256", "sleutelbos",
            keyring.PURPOSES, ("storage/keyring.py",)),
        Use("geschiedenis en leeslog, en hun dagelijkse samenvatting", f"SHA-256-keten, {_bits(HASH_BYTES)} bits", "geen", (),
            ("storage/chain.py", "services/digests.py")),
        Use("kopieën van gegevens en sleutels, sleutelbos bij een ander",
            "age (X25519, ChaCha20-Poly1305); SHA-256 van het bestand", "age-sleutel van een mens", (), ("storage/age_files.py",)),
        Use("wachtwoorden", f"Argon2id, {argon.memory_cost // 1024} MiB, {argon.time_cost} rondes, "
            f"{argon.parallelism} banen", "geen", (), ("storage/passwords.py",)),
        Use("willekeurige tokens, codes en eerste wachtwoorden", "toevalsgenerator van het besturingssysteem", "geen", (),
            ("services/partner_links.py", "services/founding.py", "services/demo.py", "services/invitations.py",
             "services/subject_requests.py", "services/single_sign_on.py", "storage/second_factors.py")),
        Use("codes van een authenticator-app", "HMAC-SHA1, zoals RFC 6238 voorschrijft", "willekeurig per persoon", (),
            ("rules/one_time_codes.py",)),
        Use("aanmelden bij de eigen inlogdienst",
            "state en nonce in vaste tijd vergeleken, PKCE met SHA-256", "willekeurig per keer", (),
            ("services/single_sign_on.py", "rules/single_sign_on.py", "web/accounts/sso.py")),
        Use("netwerkadressen in tellers van pogingen", f"{HMAC}, in het geheugen", "willekeurig, een uur", (),
            ("storage/address_key.py",)),
        Use("netwerkadressen in tellers voor wie van buiten meldt", f"{HMAC}, in het geheugen", "willekeurig, een half uur", (),
            ("services/outside_limits.py",)),
        Use("rekenwerk tegen robots", "SHA-256", "geen", (), ("rules/proof_of_work.py",)),
        Use("tellers van aanmeldpogingen", HMAC, "SECRET_KEY", (), ("project/cache.py",)),
        Use("CSRF en links voor een vergeten wachtwoord", "ondertekening van Django (HMAC-SHA256)", "SECRET_KEY", (),
            ("project/environment.py",)),
        Use("nummer van een verwerking in het log van verwerkingen", "SHA-256 van handeling en verwijzing", "geen", (),
            ("services/processing_log.py",)),
        Use("vingerafdruk van wat op een scherm stond, van een browser en van een regiopakket", "SHA-256", "geen", (),
            ("services/disclosure.py", "services/destruction.py", "web/pages/report_form.py", "web/pages/feedback.py",
             "web/accounts/sessions.py", "policies/canonical.py")),
    )
