"use strict";
/* Nicer and safer, never needed. Steps are fetched into the one page that stands in the browser's history, so that Back
   leads to where somebody came from and never to a report. No mark-up is written: a fetched page is parsed by the
   browser as a document of its own, in which no script runs, and its body takes the place of ours. */
(() => {
  const here = location.pathname;
  const TRIES = 256;
  let escapes = [], job = null, busy = false;

  const wipe = () => document.body.replaceChildren();

  function leave() {
    const away = document.querySelector("[data-leave]").href;
    document.title = "";
    wipe();
    location.replace(away);
  }

  /* A small calculation: find a number with which the hash of this page's token begins with enough zeros. */
  const encoder = new TextEncoder();
  const zeros = (hash, bits) => (((hash[0] << 24) | (hash[1] << 16) | (hash[2] << 8) | hash[3]) >>> 0) < 2 ** (32 - bits);
  const done = async (token, bits, n) =>
    zeros(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(`${token}:${n}`))), bits);

  async function calculate(token, bits) {
    for (let first = 0; document.querySelector("form[data-work]")?.dataset.work === token; first += TRIES) {
      const found = await Promise.all(Array.from({ length: TRIES }, (_, n) => done(token, bits, first + n)));
      const hit = found.indexOf(true);
      if (hit >= 0) return String(first + hit);
    }
    return "";
  }

  function begin() {
    for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
    for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
    const form = document.querySelector("form[data-work]");
    if (form && !crypto.subtle) {  // no calculation outside a secure connection: then somebody looks first, and the page says so
      for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = true;
      for (const part of form.querySelectorAll("[data-without-script]")) part.hidden = false;
    }
    job = form && crypto.subtle ? calculate(form.dataset.work, Number(form.dataset.bits)).catch(() => "") : null;
    document.querySelector("[data-focus]")?.focus();
  }

  function put(page) {
    document.documentElement.lang = page.documentElement.lang;
    document.documentElement.dir = page.documentElement.dir;
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    scrollTo(0, 0);
    begin();
  }

  /* One step at a time: a second press while one is on its way does nothing, and that can be seen. */
  function wait(waiting) {
    busy = waiting;
    document.body.setAttribute("aria-busy", String(waiting));
  }

  function failed(label, was) {
    wait(false);
    if (label) label.textContent = was;
    const said = document.querySelector("[data-offline]");
    said.hidden = false;
    said.scrollIntoView({ block: "center" });
  }

  async function send(form, button) {
    const data = new URLSearchParams(new FormData(form, button));
    const label = button?.querySelector(".nl-button__label");
    const was = label?.textContent;
    if (label && form.dataset.work) label.textContent = document.body.dataset.sending;
    if (form.dataset.work && job && !data.has("danger")) data.set("work", await job);  // danger waits for nothing
    const request = new XMLHttpRequest();
    request.open("POST", here);
    request.responseType = "document";
    request.timeout = 60000;
    request.onload = () => {
      wait(false);
      if (request.response?.querySelector("[data-leave]")) put(request.response); else failed(label, was);
    };
    request.onerror = request.ontimeout = () => failed(label, was);
    request.send(data);
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    wait(true);
    send(event.target, event.submitter);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-leave]")) { event.preventDefault(); leave(); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { escapes = []; return; }
    escapes = [...escapes, Date.now()].filter((at) => Date.now() - at < 2000);
    if (escapes.length >= 3) leave();
  });

  /* Nothing stays in a page that the browser keeps for Back; if it shows it all the same, it begins anew. */
  addEventListener("pagehide", wipe);
  addEventListener("pageshow", (event) => { if (event.persisted) location.replace(here); });

  begin();
})();
