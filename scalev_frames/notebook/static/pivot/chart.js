// Bars of a pivot: one group a row, one colour a column; every bar says its number; a click on a name switches it off.
import { h } from "../dom.js";

const COLOURS = ["#0f8f7c", "#4c78c8", "#e3b341", "#c4523a", "#8c6bb1", "#8c959f", "#2fb8a3", "#d67ab1"];
const [BAR, GAP, LABEL, VALUE] = [16, 8, 190, 110];
const SVG = "http://www.w3.org/2000/svg";

function s(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function drawChart(place, chart) {
  const off = new Set();
  const legend = h("div", "sb-legend");
  const picture = h("div", "sb-picture");
  place.replaceChildren(h("strong", "", { textContent: chart.value }), h("span", "sb-part", { textContent: chart.part }), legend, picture);
  const draw = () => {
    const series = chart.series.filter((_, index) => !off.has(index));
    const stacked = chart.stacked && series.every((one) => one.numbers.every((number) => number === null || number >= 0));
    const sizes = chart.categories.map((_, row) => (stacked ? series.reduce((sum, one) => sum + (one.numbers[row] ?? 0), 0) : Math.max(0, ...series.map((one) => Math.abs(one.numbers[row] ?? 0)))));
    const most = Math.max(...sizes, 0) || 1;
    const width = Math.max(420, picture.clientWidth || 800), room = width - LABEL - VALUE;
    const high = stacked || series.length < 2 ? BAR : BAR * series.length;
    const svg = s("svg", { viewBox: `0 0 ${width} ${chart.categories.length * (high + GAP) + 4}`, width, role: "img", "aria-label": chart.value });
    chart.categories.forEach((name, row) => {
      const top = row * (high + GAP) + 4;
      const label = s("text", { x: LABEL - 8, y: top + high / 2 + 4, "text-anchor": "end", class: "sb-label" }, name.length > 28 ? `${name.slice(0, 27)}…` : name);
      label.append(s("title", {}, name));
      svg.append(label);
      let x = LABEL;
      series.forEach((one, at) => {
        const number = one.numbers[row];
        if (number === null) return;
        const long = (Math.abs(number) / most) * room;
        const bar = s("rect", { x, y: top + (stacked || series.length < 2 ? 0 : at * BAR), width: Math.max(1, long), height: BAR - 1, rx: 2, fill: COLOURS[chart.series.indexOf(one) % COLOURS.length], class: number < 0 ? "sb-below" : "" });
        bar.append(s("title", {}, `${name}\n${one.name}: ${one.texts[row]}`));
        svg.append(bar);
        if (series.length === 1) svg.append(s("text", { x: x + long + 6, y: top + BAR / 2 + 4, class: "sb-number" }, one.texts[row]));
        if (stacked) x += long;
      });
    });
    picture.replaceChildren(svg);
  };
  legend.replaceChildren(...(chart.series.length > 1 ? chart.series.map((one, index) => {
    const made = h("button", "sb-key", { type: "button", "aria-pressed": "true" }, h("i", "", { style: `background:${COLOURS[index % COLOURS.length]}` }), one.name);
    made.addEventListener("click", () => {
      if (off.has(index)) off.delete(index);
      else off.add(index);
      made.setAttribute("aria-pressed", String(!off.has(index)));
      draw();
    });
    return made;
  }) : []));
  draw();
}
