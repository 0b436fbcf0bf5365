"use strict";
/* Passkeys: the one thing that a browser cannot do without JavaScript. What the server asked stands in a data attribute,
   the answer goes back in a hidden field. Nothing is written as HTML. */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  function create({ publicKey: asked }) {
    return navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
      authenticatorSelection: { ...asked.authenticatorSelection, residentKey: "preferred", requireResidentKey: false,
        userVerification: "required" },
    } });
  }

  function get({ publicKey: asked }) {
    return navigator.credentials.get({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) } });
  }

  function answer(credential) {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (said[name]) response[name] = text(said[name]);
    }
    if (said.getTransports) response.transports = said.getTransports();
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults() };
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) {
      const absent = form.querySelector("[data-passkey-absent]");
      if (absent) absent.hidden = false;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const problem = form.querySelector("[data-passkey-problem]");
      problem.hidden = true;
      try {
        const asked = JSON.parse(form.dataset.options);
        const made = await (form.dataset.passkey === "create" ? create(asked) : get(asked));
        form.elements.credential.value = JSON.stringify(answer(made));
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
