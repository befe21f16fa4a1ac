"use strict";
(() => {
  const pairs = (text) => {
    const letters = Array.from(text.normalize("NFKC").toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, ""));
    return new Set(letters.length < 2 ? letters : letters.slice(1).map((letter, i) => letters[i] + letter));
  };
  const services = window.SERVICES.map((s) => ({ ...s, sets: s.texts.map(pairs) }));
  const holders = new Map();
  for (const s of services) {
    for (const pair of new Set(s.sets.flatMap((set) => [...set]))) holders.set(pair, (holders.get(pair) || 0) + 1);
  }
  const rarity = (pair) => Math.log(1 + services.length / (holders.get(pair) || services.length));
  const weight = (set) => [...set].reduce((sum, pair) => sum + rarity(pair), 0);
  const likeness = (asked, set) => {
    const shared = weight(new Set([...asked].filter((pair) => set.has(pair))));
    return shared ? shared / Math.sqrt(weight(asked) * weight(set)) : 0;
  };
  const [form, box, list, none] = ["search", "q", "found", "none"].map((id) => document.getElementById(id));
  const show = () => {
    const asked = pairs(box.value);
    const found = services
      .map((s) => [Math.max(...s.sets.map((set) => likeness(asked, set))), s])
      .filter(([score]) => score > 0.2)
      .sort(([a], [b]) => b - a)
      .slice(0, 6);
    list.replaceChildren(...found.map(([, s]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = s.path;
      link.textContent = s.name;
      const line = document.createElement("div");
      line.textContent = s.line;
      item.append(link, line);
      return item;
    }));
    list.hidden = !found.length;
    none.hidden = Boolean(found.length) || !box.value.trim();
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  box.addEventListener("input", show);
})();
