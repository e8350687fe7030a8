// Small helpers: elements made with textContent alone, words with values in them, the width of a text.

export function h(name, classes = "", properties = {}, ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const formats = { id: new Intl.NumberFormat("id"), en: new Intl.NumberFormat("en") };

export function filled(words, values, language) { // `{count:row|rows}` is the one or the other, as in plurals.py
  return words.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, several) => {
    const value = values[name];
    if (several !== undefined) return value === 1 ? one : several;
    return typeof value === "number" ? counted(value, language) : value;
  });
}

export function counted(number, language) {
  return formats[language === "id" ? "id" : "en"].format(number);
}

export function button(classes, label, hint, press) {
  const made = h("button", classes, { type: "button", textContent: label, title: hint || "" });
  made.addEventListener("click", press);
  return made;
}

export function measurer(root) { // the width of a text as the cells show it; `look` reads anew how that is
  const context = document.createElement("canvas").getContext("2d");
  let [size, family] = ["13px", "sans-serif"];
  const measure = (text, weight = "400") => {
    const font = `${weight} ${size} ${family}`;
    if (context.font !== font) context.font = font;
    return context.measureText(text).width;
  };
  measure.look = () => ({ fontSize: size, fontFamily: family } = getComputedStyle(root));
  return measure;
}

export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

export function later(work, pause) { // once it pauses
  let timer = null;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), pause);
  };
}

export function pastedList(input, take) { // lines or cells that are pasted into a field of one line: it would join them
  input.addEventListener("paste", (event) => {
    const pieces = event.clipboardData.getData("text/plain").split(/[\r\n\t]+/).map((one) => one.trim()).filter(Boolean);
    if (pieces.length < 2) return;
    event.preventDefault();
    take([...new Set(pieces)]);
  });
}

export function idle(pause = 0) { // a promise of a moment, after a pause, in which the page has nothing to do
  const wait = window.requestIdleCallback ?? ((work) => setTimeout(work, 50));
  return new Promise((done) => { setTimeout(() => wait(() => done()), pause); });
}

export function hideStatic(id, hidden) { // the plain HTML that stands in a saved notebook, while the widget is drawn
  for (const one of document.querySelectorAll(`[data-scalev-static="${id}"]`)) one.hidden = hidden;
}

export function isDark() {
  const said = document.body.dataset.jpThemeLight;
  return said ? said === "false" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

export function onTheme(changed) { // gives what looks at it no more
  const watcher = new MutationObserver(changed);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  return () => watcher.disconnect();
}
