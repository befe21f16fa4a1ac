"use strict";

// The pages work without this file; it only spares people mistakes.
(() => {
  // A second press of a slow button would send the form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });

  // Leaving a form with words not yet saved asks first.
  const careful = document.querySelector("form[data-careful]");
  if (careful) {
    let changed = careful.dataset.careful === "changed";
    careful.addEventListener("input", () => { changed = true; });
    careful.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // The first fault takes the focus, so that a keyboard or a reader starts there.
  document.querySelector("[aria-invalid='true']")?.focus();
})();
