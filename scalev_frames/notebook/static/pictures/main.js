// Pictures that people can touch: what a bar is stands beside the pointer, a click asks for the rows behind it.
import { h, hideStatic, isDark, onTheme } from "../dom.js";
import { plotly } from "./library.js";
import { config, layout, traces } from "./figure.js";

const LISTED = 400;

function legend(picture, on, colours, redraw) {
  const parts = picture.axes[0].parts;
  const shown = parts.map((_, place) => picture.axes.some((axis) => axis.parts[place].numbers.some(Boolean)));
  return h("div", "sp-legend", {}, ...(parts.length < 2 ? [] : parts.flatMap((part, place) => {
    if (!shown[place]) return [];
    const key = h("button", "sp-key", { type: "button", "aria-pressed": String(on[place]) }, h("i", "", { style: `background:${colours[part.colour]}` }), part.label);
    key.addEventListener("click", () => {
      on[place] = !on[place];
      key.setAttribute("aria-pressed", String(on[place]));
      redraw();
    });
    return [key];
  })));
}

function table(picture, behind) {
  const cells = picture.axes.flatMap((axis, at) => axis.parts.map((part, place) => ({ axis, at, part, place })));
  const named = (one) => [picture.axes.length > 1 || !one.part.label ? one.axis.said : "", one.part.label].filter(Boolean).join(" · ");
  const head = h("tr", "", {}, h("th", ""), ...cells.map((one) => h("th", "", { scope: "col", textContent: named(one) })));
  const rows = picture.names.slice(0, LISTED).map((name, bar) => h("tr", "", {}, h("th", "", { scope: "row", textContent: name }), ...cells.map(({ at, part, place }) => {
    const pressed = h("button", "sp-number", { type: "button", textContent: part.texts[bar] });
    pressed.addEventListener("click", () => behind(at, place, bar));
    return h("td", "", {}, pressed);
  })));
  return h("table", "", {}, h("thead", "", {}, head), h("tbody", "", {}, ...rows));
}

function render({ model, el }) {
  const root = h("div", "sp-root");
  el.append(root);
  let [shown, drawn, library, closed] = [null, [], null, false];
  const waiting = [];
  const ask = () => new Promise((resolve) => {
    waiting.push(resolve);
    model.send({ do: "library" });
  });

  const look = (width) => {
    const colours = shown.colours[isDark() ? "dark" : "light"]; // the page's own come later than its word for dark
    const { ink, quiet, ground, pale } = colours;
    return { colours, ink, quiet, ground, line: pale, language: shown.language, width, font: getComputedStyle(root).fontFamily };
  };

  const clear = () => {
    for (const one of drawn) library?.purge(one.place);
    drawn = [];
  };

  const build = () => {
    clear();
    root.replaceChildren(...shown.pictures.map((picture, number) => {
      const on = picture.axes.length ? picture.axes[0].parts.map(() => true) : [];
      const place = h("div", "sp-plot", { role: "group", "aria-label": `${picture.title}. ${shown.words.see_numbers}` });
      const keys = h("div", "sp-keys");
      const behind = (axis, part, bar) => model.send({ do: "behind", generation: shown.generation, picture: number, axis, part, bar });
      const numbers = h("details", "sp-numbers", {}, h("summary", "", { textContent: shown.words.numbers }));
      numbers.addEventListener("toggle", () => numbers.children.length < 2 && numbers.append(h("div", "sp-scroll", { tabIndex: 0, role: "region", "aria-label": picture.title }, table(picture, behind))));
      const one = { picture, on, place, keys, behind };
      const titled = h("figure", `sp-figure${picture.days.length ? " sp-wide" : ""}`, { "aria-label": picture.title }, h("strong", "sp-title", { textContent: picture.title }), keys);
      if (picture.axes.length) {
        titled.append(place, numbers);
        drawn.push(one);
      } else titled.append(h("p", "sp-nothing", { textContent: picture.nothing }));
      titled.append(h("figcaption", "sp-foot", { textContent: picture.foot.join(" ") }));
      return titled;
    }));
  };

  const paint = async (one) => {
    const width = one.place.clientWidth || one.width; // while a theme changes, and in a hidden tab, it has none
    if (!width || closed) return false;
    const view = look(width);
    const made = layout(one.picture, one.on, view);
    const before = one.place.layout?.xaxis;
    if (one.picture.days.length && before?.range && one.zoomed) made.xaxis.range = before.range;
    await library.react(one.place, traces(one.picture, one.on, view.colours), { ...made, width }, config(one.picture, shown.words, shown.language));
    if (!one.width) {
      one.place.on("plotly_click", ({ points }) => {
        const { meta } = points[0].data;
        if (meta) one.behind(meta.axis, meta.part, points[0].pointNumber);
      });
      one.place.on("plotly_hover", () => one.place.classList.add("sp-over"));
      one.place.on("plotly_unhover", () => one.place.classList.remove("sp-over"));
      one.place.on("plotly_relayout", (changed) => {
        if ("xaxis.range[0]" in changed) one.zoomed = true;
        if (changed["xaxis.autorange"]) one.zoomed = false;
      });
    }
    one.width = width;
    return true;
  };

  const draw = async () => {
    if (!shown || closed) return;
    const { colours } = look(0);
    for (const one of drawn) one.keys.replaceChildren(legend(one.picture, one.on, colours, () => paint(one)));
    try {
      if (drawn.length) library ??= await plotly(ask);
    } catch { // an old browser, or one that runs no script but the page's own
      for (const one of drawn) one.place.replaceChildren(h("p", "sp-nothing", { textContent: shown.words.no_script }));
      root.dataset.state = "failed";
      return;
    }
    const done = [];
    for (const one of drawn) done.push(await paint(one));
    root.dataset.state = !drawn.length ? "empty" : done.every(Boolean) ? "ready" : "hidden";
  };

  const receive = (message, buffers) => {
    if (message.kind === "library") for (const resolve of waiting.splice(0)) resolve(buffers[0]);
    if (message.kind !== "pictures") return;
    shown = message;
    root.dataset.state = "drawing";
    hideStatic(shown.static, true);
    build();
    root.dataset.generation = shown.generation;
    draw();
  };
  model.on("msg:custom", receive);
  model.send({ do: "open" });
  const leaveTheme = onTheme(draw);
  const sizes = new ResizeObserver(() => {
    if (library && drawn.some((one) => one.place.clientWidth && one.place.clientWidth !== one.width)) draw();
  });
  sizes.observe(root);
  return () => {
    closed = true;
    leaveTheme();
    sizes.disconnect();
    model.off("msg:custom", receive);
    clear();
  };
}

export default { render };
