"use strict";
/* Nicer, never needed: every page says and does the same without this file.
   Only textContent and attributes are written, so the Trusted Types policy has nothing to object to. */
(() => {
  const words = document.getElementById("clock-words")?.dataset ?? {};

  function left(minutes) {
    if (minutes < 1) return words.now;
    const [n, one, many] = minutes < 60 ? [minutes, words.minute, words.minutes]
      : minutes < 48 * 60 ? [Math.floor(minutes / 60), words.hour, words.hours]
      : [Math.floor(minutes / 1440), words.day, words.days];
    return n === 1 ? one : many.replace("#", String(n));
  }

  /* A clock that was running when the page was made keeps running; one that was late stays as it was written. */
  function tick(clocks) {
    for (const clock of clocks) {
      const minutes = Math.floor((Date.parse(clock.dataset.clock) - Date.now()) / 60000);
      if (minutes >= 0) { clock.textContent = left(minutes); continue; }
      const state = clock.parentElement.querySelector("[data-clock-state]");
      clock.textContent = words.late;
      if (state) state.textContent = words.lateWord;
      clock.parentElement.classList.add("mr-clock--danger");
      clocks.delete(clock);
    }
  }

  const running = new Set([...document.querySelectorAll("[data-clock]")]
    .filter((clock) => words.now && Date.parse(clock.dataset.clock) > Date.now()));
  if (running.size) setInterval(() => tick(running), 30000);

  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    const label = button.querySelector(".nl-button__label");
    const was = label.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent.trim());
      label.textContent = words.copied;
      setTimeout(() => { label.textContent = was; }, 3000);
    });
  }

  /* The server takes a double submission as one; this spares the person the wait and the doubt. */
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      const label = event.submitter?.querySelector(".nl-button__label");
      if (label && words.sending) { label.dataset.was = label.textContent; label.textContent = words.sending; }
    });
  }
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      const label = form.querySelector("[data-was]");
      if (label) { label.textContent = label.dataset.was; delete label.dataset.was; }
    }
  });
})();
