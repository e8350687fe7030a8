// What a picture is in plotly's terms: traces, axes and numbers along them. No element and no kernel in here.
import { clamp } from "../dom.js";

const [BAR, AROUND, ABOVE, COLUMNS, TITLE] = [25, 44, 14, 230, 18]; // above bars there is room for a line's name and the buttons
const [LABEL, LETTER, TICK] = [34, 7.2, 60]; // letters of a name at most, pixels of one, and of a number below an axis
// Thousand, million, milliard and billion of ten to the twelfth, as each language writes them behind a number.
const UNITS = [[1e12, "tn", " T"], [1e9, "bn", " M"], [1e6, "m", " jt"], [1e3, "k", " rb"]];
const SHORT_MONTHS = {
  id: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
};

export const safe = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

export function short(value, kind, language) {
  const plain = (number, digits = 1) => new Intl.NumberFormat(language === "id" ? "id" : "en", { maximumFractionDigits: digits }).format(number);
  if (kind === "percent") return `${plain(value * 100)}%`;
  if (kind !== "money") return plain(value);
  const sign = value < 0 ? "-" : "", size = Math.abs(value);
  const unit = UNITS.find(([one]) => size >= one);
  return unit ? `${sign}Rp ${plain(size / unit[0])}${unit[language === "id" ? 2 : 1]}` : `${sign}Rp ${plain(size, 0)}`;
}

export function ticks(low, high, kind, language, count = 5) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  if (kind === "count") step = Math.max(1, Math.ceil(step));
  const values = [];
  for (let at = Math.ceil(low / step); at * step <= high * 1.0001; at += 1) values.push(at * step);
  return { tickmode: "array", tickvals: values, ticktext: values.map((value) => short(value, kind, language)) };
}

function bounds(axis, picture, on) { // of the parts that are switched on
  const drawn = axis.parts.filter((_, place) => on[place]);
  let [low, high] = [0, 0];
  for (let bar = 0; bar < picture.keys; bar += 1) {
    const numbers = drawn.map((part) => part.numbers[bar]);
    high = Math.max(high, numbers.reduce((sum, one) => sum + Math.max(0, one), 0));
    low = Math.min(low, numbers.reduce((sum, one) => sum + Math.min(0, one), 0));
  }
  if (picture.line) high = Math.max(high, picture.line[0]);
  return [low, high || 1];
}

function said(picture, axis, part, bar) { // what stands beside the pointer
  const lines = [`<b>${safe(picture.names[bar])}</b>`, `${safe(part.label || axis.said)}: ${part.texts[bar]}`];
  if (!picture.days.length) lines.push(safe(picture.texts[bar]));
  return lines.filter((line, place) => place < 2 || !lines[1].endsWith(`: ${line}`)).join("<br>");
}

const named = ({ axes }) => (axes[0].parts.length > 1 ? "" : axes[0].said);

export function height(picture) {
  return picture.days.length ? AROUND + COLUMNS * (picture.axes.length > 1 ? picture.axes.length * 0.85 : 1) : AROUND + ABOVE + BAR * Math.max(picture.keys, 3) + (named(picture) ? TITLE : 0);
}

export function traces(picture, on, colours) {
  const upright = picture.days.length > 0;
  const made = picture.axes.flatMap((axis, at) => axis.parts.map((part, place) => {
    const colour = colours[part.colour];
    const along = upright ? picture.days : picture.names.map((_, bar) => bar);
    return {
      type: "bar", orientation: upright ? "v" : "h", name: part.label, visible: on[place],
      x: upright ? along : part.numbers, y: upright ? part.numbers : along, yaxis: at ? `y${at + 1}` : "y",
      marker: { color: picture.few.length ? picture.few.map((few) => (few ? colours.pale : colour)) : colour, line: { width: 0 } },
      customdata: picture.names.map((_, bar) => said(picture, axis, part, bar)),
      hovertemplate: "%{customdata}<extra></extra>", meta: { axis: at, part: place },
    };
  }));
  if (!upright && on.every(Boolean)) {
    const ends = picture.names.map((_, bar) => picture.axes[0].parts.reduce((sum, part) => sum + Math.max(0, part.numbers[bar]), 0));
    made.push({
      type: "scatter", mode: "text", x: ends, y: picture.names.map((_, bar) => bar), hoverinfo: "skip", cliponaxis: false,
      text: picture.texts.map((text) => ` ${safe(text)}`), textposition: "middle right", showlegend: false,
      textfont: { shadow: Array(4).fill("0 0 3px var(--scalev-ground)").join(", ") }, // lines behind it stay behind it
    });
  }
  return made;
}

export function layout(picture, on, look) {
  const { ink, quiet, line, language, width, font } = look;
  const axes = picture.axes.length;
  const numbers = (axis, room, count) => {
    const [low, high] = bounds(axis, picture, on);
    return { ...ticks(low, high, axis.kind, language, count), tickangle: 0, range: [low * 1.06, high * room], fixedrange: true, gridcolor: line, zerolinecolor: line, tickfont: { color: ink }, automargin: true };
  };
  const made = {
    barmode: "stack", showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font, size: 12, color: ink }, height: height(picture), margin: { l: 8, r: 8, t: picture.days.length ? 12 : 12 + ABOVE, b: 28 },
    hoverlabel: { bgcolor: look.ground, bordercolor: line, font: { color: ink, family: font, size: 12.5 }, align: "left" },
    hovermode: "closest", separators: language === "id" ? ",." : ".,", modebar: { bgcolor: "rgba(0,0,0,0)", color: quiet, activecolor: ink, orientation: "h" },
  };
  if (picture.days.length) {
    made.bargap = picture.days.length > 62 ? 0 : 0.14;
    made.dragmode = "zoom";
    made.xaxis = { type: "date", anchor: axes > 1 ? `y${axes}` : "y", gridcolor: "rgba(0,0,0,0)", linecolor: line, tickfont: { color: ink }, tickformatstops: stops(), hoverformat: "" };
    picture.axes.forEach((axis, at) => {
      const top = 1 - at / axes;
      made[at ? `yaxis${at + 1}` : "yaxis"] = {
        ...numbers(axis, 1.06, width < 500 ? 3 : 5), domain: [top - 1 / axes + (at < axes - 1 ? 0.03 : 0), top - (at ? 0.03 : 0)],
        title: { text: safe(axis.said), font: { size: 11.5, color: quiet }, standoff: 8 },
      };
    });
    return made;
  }
  const longest = Math.max(0, ...picture.texts.map((text) => text.length)); // the texts behind the bars need room
  const wanted = longest * 7 + 12, most = clamp(Math.floor((width - wanted - 100) / LETTER), 8, LABEL); // names are cut before numbers are
  const names = picture.names.map((name) => cut(name, most));
  const label = Math.min(230, LETTER * Math.max(4, ...names.map((name) => name.length)));
  const free = Math.max(120, width - label - 40), beside = Math.min(free * 0.7, wanted);
  const across = numbers(picture.axes[0], free / (free - beside), clamp(Math.floor((free - beside) / TICK), 2, 5));
  made.dragmode = false;
  made.bargap = 0.3;
  made.xaxis = { ...across, title: { text: safe(named(picture)), font: { size: 11.5, color: quiet }, standoff: 6 } };
  made.yaxis = {
    range: [picture.keys - 0.5, -0.5], fixedrange: true, tickmode: "array", tickvals: picture.names.map((_, bar) => bar),
    ticktext: names.map(safe), automargin: true, showgrid: false, zeroline: false, tickfont: { color: ink }, ticks: "outside", ticklen: 6, tickcolor: "rgba(0,0,0,0)",
  };
  if (picture.line) {
    made.shapes = [{ type: "line", x0: picture.line[0], x1: picture.line[0], y0: 0, y1: 1, yref: "paper", line: { color: ink, width: 1, dash: "dash" }, layer: "below" }];
    made.annotations = [{ x: picture.line[0], y: 1, yref: "paper", yanchor: "bottom", text: safe(picture.line[1]), showarrow: false, font: { size: 11.5, color: quiet } }];
  }
  return made;
}

const stops = () => [
  { dtickrange: [null, 86400000], value: "%-d %b" },
  { dtickrange: [86400000, 28 * 86400000], value: "%-d %b" },
  { dtickrange: ["M1", "M12"], value: "%b %Y" },
  { dtickrange: ["M12", null], value: "%Y" },
];

export function config(picture, words, language) {
  const names = { "Zoom in": words.zoom_in, "Zoom out": words.zoom_out, "Reset axes": words.whole, "Download plot as a PNG": words.as_png };
  const shortMonths = SHORT_MONTHS[language];
  return {
    displaylogo: false, responsive: false, typesetMath: false, locale: "scalev", doubleClick: "reset", showTips: false,
    locales: { scalev: { moduleType: "locale", name: "scalev", dictionary: names, format: { days: [], shortDays: [], months: shortMonths, shortMonths, date: "%d/%m/%Y" } } },
    modeBarButtons: [[...(picture.days.length ? ["zoomIn2d", "zoomOut2d", "resetScale2d"] : []), "toImage"]],
    toImageButtonOptions: { filename: picture.title.replace(/[^\p{L}\d]+/gu, "-"), scale: 2 },
  };
}
