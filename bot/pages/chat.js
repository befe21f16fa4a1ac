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
    startSwitch(document.getElementById("large"), log);
    startAnew(document.querySelector("[data-anew]"));
    startChat(log, input);
    startAfter(log);
    if (page.classList.contains("framed")) startFrame();
    document.getElementById("newest")?.scrollIntoView({ behavior: "instant" });
    // A reload must not ask ?q= again, and on a phone focus would raise the keyboard over the page.
    if (location.search) history.replaceState(null, "", location.pathname);
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) input.focus({ preventScroll: true });
  });

  // Browsers of before 2022, as in old phones' WeChat, do not say which button sent a form.
  // Whoever pressed it by keys (clicks counted: none) goes on from the answer, not from a button far above it.
  let pressed = null;
  let byKeys = false;
  document.addEventListener("click", (event) => {
    pressed = event.target.closest("button");
    byKeys = event.detail === 0;
  }, true);
  const sender = (event) => event.submitter ?? (event.target.contains(pressed) ? pressed : null);

  function startSwitch(button, log) {
    const show = () => button.setAttribute("aria-pressed", String(page.classList.contains(LARGE)));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const stay = hold(read(log));
      memory.write(page.classList.toggle(LARGE) ? "1" : "0");
      show();
      stay();
    });
    show();
  }

  // What is being read: the message in the middle of the window, or the first of its lines in view.
  function read(log) {
    const top = Math.max(0, document.querySelector(".top").getBoundingClientRect().bottom);
    const startOf = (element) => element.getBoundingClientRect().top;
    const begun = [...log.children].filter((message) => startOf(message) < (top + innerHeight) / 2);
    const message = begun.pop() ?? log;
    return [message, ...message.querySelectorAll("p, h2, button")].find((e) => startOf(e) >= top) ?? message;
  }

  // Returns what puts an element back where it stood in the window.
  function hold(element) {
    const before = element.getBoundingClientRect().top;
    return () => scrollBy({ top: element.getBoundingClientRect().top - before, behavior: "instant" });
  }

  // It stands where fingers push the row along: only the second press clears.
  function startAnew(button) {
    const words = button.textContent;
    const rest = () => { button.textContent = words; delete button.dataset.armed; };
    button.addEventListener("click", (event) => {
      if ("armed" in button.dataset) return;
      event.preventDefault();
      button.dataset.armed = "";
      button.textContent = button.dataset.sure;
      setTimeout(rest, 5000);
    });
    addEventListener("pageshow", rest);
  }

  function startChat(log, input) {
    let asking = false;

    document.addEventListener("submit", (event) => {
      const button = sender(event);
      if (!event.target.matches("[data-ask]") || button?.matches("[data-anew]")) return;
      event.preventDefault();
      if (asking) return;
      if (button?.name === "text") {
        ask(button.value, byKeys);
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

    async function ask(text, goOnFromAnswer = false) {
      asking = true;
      const own = text.trim() ? log.appendChild(copyOf("own")) : null;
      if (own) own.querySelector(".bubble").textContent = text;
      const waiting = log.appendChild(copyOf("waiting"));
      waiting.scrollIntoView({ block: "nearest" });
      const answer = await fetchReply(text).catch(() => failure(text, own));
      waiting.replaceWith(answer);
      if (answer.matches("[data-forgets]")) log.replaceChildren(log.firstElementChild, answer);
      asking = false;
      if (goOnFromAnswer) {
        answer.tabIndex = -1;
        answer.focus({ preventScroll: true });
      }
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

  // What stands under an answer: judging it, copying it, passing it on.
  function startAfter(log) {
    const show = (root) => root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
    show(log);
    new MutationObserver(() => show(log)).observe(log, { childList: true });

    document.addEventListener("submit", async (event) => {
      const form = event.target;
      if (!form.matches("[data-judge]")) return;
      event.preventDefault();
      const fields = new URLSearchParams(new FormData(form));
      const button = sender(event);
      fields.append(button.name, button.value);
      form.querySelector(".unheard")?.remove();
      // The reply sends a browser without scripts back to its page; here it only tells that all went well.
      const response = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => null);
      if (response?.type === "opaqueredirect") form.replaceWith(copyOf(`thanks-${button.value}`));
      else form.append(copyOf("unheard"));
    });

    log.addEventListener("click", (event) => {
      const copy = event.target.closest("[data-copy]");
      const share = event.target.closest("[data-share]");
      if (copy) tell(copy, copied(wordsOf(copy)), "已复制");
      if (!share) return;
      event.preventDefault();
      if (!navigator.share) return tell(share, copied(share.href), "链接已复制");
      navigator.share({ title: document.title, url: share.href }).catch(() => { /* changed their mind */ });
    });
  }

  function wordsOf(button) {
    const reply = button.closest(".reply");
    const lines = [...reply.querySelectorAll(".bubble > p")].map((line) => line.textContent);
    return `${lines.join("\n")}\n${reply.querySelector("[data-share]").href}`;
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copiedTheOldWay(text);
    }
  }

  // Without https, and in frames that may not, there is no clipboard but this one.
  function copiedTheOldWay(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function tell(button, done, words) {
    const before = button.textContent;
    button.textContent = (await done) ? words : "没复制成";
    button.focus();
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  // Inside another site's page: Escape goes back to it.
  function startFrame() {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) parent.postMessage("yongwen:close", "*");
    });
    addEventListener("focus", () => document.getElementById("question").focus({ preventScroll: true }));
  }

  async function fetchReply(text) {
    const session = document.querySelector("input[name=session]")?.value;
    const abort = new AbortController();
    const patience = setTimeout(() => abort.abort(), 20000);
    try {
      const response = await fetch("/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text, session }),
        signal: abort.signal,
      });
      return fromHtml((await response.json()).html);
    } finally {
      clearTimeout(patience);
    }
  }

  // Whatever stands between may answer in our place, with anything.
  function fromHtml(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const reply = template.content.firstElementChild;
    if (!reply?.matches(".reply")) throw new TypeError("no reply of ours");
    return reply;
  }

  function copyOf(id) {
    return document.getElementById(id).content.firstElementChild.cloneNode(true);
  }
})();
