"use strict";

(() => {
  const page = document.documentElement;
  const LARGE = "large";

  // Storage may be forbidden; the switch then lasts as long as the page.
  const memory = {
    read() { try { return localStorage.getItem(LARGE); } catch { return null; } },
    write(value) { try { localStorage.setItem(LARGE, value); } catch { /* nothing to do */ } },
  };

  // Before the first paint, so that nothing jumps.
  const remembered = memory.read();
  if (remembered !== null) page.classList.toggle(LARGE, remembered === "1");

  document.addEventListener("DOMContentLoaded", () => {
    const log = document.getElementById("log");
    if (!log) return;
    const input = document.getElementById("question");
    startSwitch(document.getElementById("large"));
    startChat(log, input);
    document.getElementById("newest")?.scrollIntoView({ behavior: "instant" });
    // A reload must not ask ?q= again, and on a phone focus would raise the keyboard over the page.
    if (location.search) history.replaceState(null, "", "/");
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) input.focus({ preventScroll: true });
  });

  function startSwitch(button) {
    const show = () => button.setAttribute("aria-pressed", String(page.classList.contains(LARGE)));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      memory.write(page.classList.toggle(LARGE) ? "1" : "0");
      show();
    });
    show();
  }

  function startChat(log, input) {
    let asking = false;

    document.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!event.target.matches("[data-ask]") || button?.matches("[data-anew]")) return;
      event.preventDefault();
      if (asking) return;
      if (button?.name === "text") {
        ask(button.value);
      } else {
        ask(input.value);
        input.value = "";
        input.focus();
      }
    });

    // Enter that ends a Pinyin composition is not a wish to send; 229 is how Safari says so.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    });

    async function ask(text) {
      asking = true;
      const own = text.trim() ? log.appendChild(copyOf("own")) : null;
      if (own) own.querySelector(".bubble").textContent = text;
      const waiting = log.appendChild(copyOf("waiting"));
      waiting.scrollIntoView({ block: "nearest" });
      const answer = await fetchReply(text).then(fromHtml, () => failure(text, own));
      waiting.replaceWith(answer);
      asking = false;
      answer.scrollIntoView({ block: "start" });
    }

    function failure(text, own) {
      const failed = copyOf("failed");
      failed.querySelector("button").addEventListener("click", () => {
        if (asking) return;
        own?.remove();
        failed.remove();
        input.focus();
        ask(text);
      });
      return failed;
    }
  }

  async function fetchReply(text) {
    const response = await fetch("/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(20000),
    });
    return (await response.json()).html;
  }

  function fromHtml(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  }

  function copyOf(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }
})();
