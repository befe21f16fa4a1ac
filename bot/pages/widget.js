/* 甬问 in any page: <script src="https://HOST/widget.js" defer></script>
   A page with a content security policy of its own allows HOST under script-src and frame-src. */
"use strict";

(() => {
  const NAME = "yongwen-widget";
  if (document.getElementById(NAME)) return;
  const script = document.currentScript ?? document.querySelector('script[src$="/widget.js"]');
  const home = new URL("/embed", script.src);
  const WORDS = { ask: "问甬问", title: "甬问 · 宁波公共服务问答", close: "关闭" };

  const CSS = `
    /* Sizes in em: of the visitor's own text, not of the page around. */
    :host { all: initial; }
    * { box-sizing: border-box; }
    button { font: 600 1em/1.3 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; cursor: pointer; }
    button:focus-visible { outline: 3px solid #e0a548; outline-offset: 2px; }
    .ask {
      position: fixed; z-index: 2147483647;
      right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom));
      min-width: 52px; min-height: 52px; padding: 12px 20px;
      border: 2px solid #a56e1e; border-radius: 999px; background: #0e3d4b; color: #fdfaf3;
      box-shadow: 0 2px 14px rgb(0 0 0 / 28%);
    }
    .panel {
      position: fixed; z-index: 2147483647; display: flex; flex-direction: column;
      right: max(16px, env(safe-area-inset-right)); bottom: 80px;
      width: min(400px, calc(100vw - 32px)); height: min(660px, calc(100vh - 96px));
      overflow: hidden; border: 1px solid #0b2b36; border-radius: 14px; background: #faf6ee;
      box-shadow: 0 6px 34px rgb(0 0 0 / 32%);
    }
    .panel[hidden], .ask[hidden] { display: none; }
    .bar { display: flex; align-items: center; gap: 8px; padding-left: 14px; background: #0e3d4b; color: #fdfaf3; }
    .bar span { flex: 1; min-width: 0; padding: 4px 0; font: 600 .9375em/1.3 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    .close { min-width: 64px; min-height: 48px; border: 0; background: transparent; color: inherit; }
    iframe { flex: 1; width: 100%; border: 0; }
    @media (max-width: 480px), (max-height: 480px) {
      .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
    }
    @media (prefers-color-scheme: dark) { .panel { background: #0e191e; } }
    @media print { .ask, .panel { display: none; } }
    @media (forced-colors: active) { .panel, .bar { border: 1px solid; } }
  `;

  const make = (tag, options, ...children) => {
    const element = Object.assign(document.createElement(tag), options);
    element.append(...children);
    return element;
  };

  const ask = make("button", { type: "button", className: "ask", textContent: WORDS.ask });
  const close = make("button", { type: "button", className: "close", textContent: WORDS.close });
  const bar = make("div", { className: "bar" }, make("span", { textContent: WORDS.title }), close);
  const panel = make("div", { className: "panel", id: "panel", hidden: true }, bar);
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", WORDS.title);
  ask.setAttribute("aria-haspopup", "dialog");
  ask.setAttribute("aria-expanded", "false");
  ask.setAttribute("aria-controls", "panel");

  // The chat is loaded when it is first asked for, and stays as it is while the page does.
  let frame;
  const narrow = matchMedia("(max-width: 480px), (max-height: 480px)");

  function show() {
    if (!frame) {
      frame = make("iframe", { src: home.href, title: WORDS.title, allow: "clipboard-write" });
      frame.addEventListener("load", () => frame.focus());
      panel.append(frame);
    }
    panel.hidden = false;
    ask.hidden = narrow.matches;
    ask.setAttribute("aria-expanded", "true");
    frame.focus();
  }

  function hide() {
    panel.hidden = true;
    ask.hidden = false;
    ask.setAttribute("aria-expanded", "false");
    ask.focus();
  }

  ask.addEventListener("click", () => (panel.hidden ? show() : hide()));
  close.addEventListener("click", hide);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  narrow.addEventListener("change", () => { ask.hidden = narrow.matches && !panel.hidden; });
  addEventListener("message", (event) => {
    const ours = frame && event.source === frame.contentWindow && event.origin === home.origin;
    if (ours && event.data === "yongwen:close" && !panel.hidden) hide();
  });

  // Styles as an object, not as an element: no policy against inline styles is in the way.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  const host = make("div", { id: NAME, lang: "zh-Hans" });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(panel, ask);
  (document.body ?? document.documentElement).append(host);
})();
