// A table in the browser: knows how it stands and what is in view; the rows, their order and every word come from the kernel.
import { h, clamp, filled, hideStatic, idle } from "../dom.js";
import { client, Blocks } from "./client.js";
import { Grid } from "./draw.js";
import { Selection } from "./select.js";
import { Heads } from "./heads.js";
import { Menu } from "./menu.js";
import { Record } from "./record.js";
import { Bar } from "./bar.js";

const SUM_PAUSE = 40;

class App {
  constructor(model, el) {
    this.root = h("div", "scalev-table", { "data-state": "waiting" });
    this.place = h("div", "sg-place");
    this.empty = h("p", "sg-empty", { hidden: true });
    this.gone = h("p", "sg-gone", { role: "alert", hidden: true });
    Object.assign(this, { order: [], frozen: 1, widths: new Map(), sort: [], filters: new Map(), searched: "", views: [], labels: {}, generation: -1, found: 0, all: 0, totals: 0 });
    this.client = client(model, { told: (message) => this.told(message), busy: (on) => this.busy(on), left: () => this.left() });
    this.ask = (action, details) => this.client.ask(action, { generation: this.generation, ...details }).then((answer) => this.heard(answer));
    this.blocks = new Blocks((details, ahead) => this.client.ask("block", details, ahead), () => this.grid.draw());
    this.grid = new Grid(this);
    this.selection = new Selection(this, this.grid);
    this.heads = new Heads(this, this.grid);
    this.bar = new Bar(this);
    this.place.append(this.grid.el, this.grid.line);
    this.root.append(this.gone, this.bar.el, this.bar.chips, this.bar.chooser, this.bar.code, this.place, this.empty, this.bar.status);
    el.append(this.root);
    this.ask("open");
  }

  // What the kernel says ----------------------------------------------------------------------------------------------

  told(message) {
    if (message.kind === "opened") this.opened(message);
    else if (message.kind === "arranged") this.arranged(message);
    else if (message.kind === "sums") this.showSelection(message);
  }

  heard(answer) {
    if (answer.kind === "opened") this.opened(answer);
    if (answer.kind === "error") this.bar.say(answer.text, true);
    else if (answer.kind !== "sums" && answer.kind !== "values") this.bar.say(answer.note ?? "");
    return answer;
  }

  opened(message) {
    const { labels, language, columns, presets, fixed, drills } = message;
    Object.assign(this, { labels, language, columns, presets, fixed, drills });
    this.generation = -1;
    this.grid.reset();
    this.menu?.close();
    this.record?.close();
    this.bar.open();
    hideStatic(this.static = message.static, true);
    this.arranged(message);
  }

  arranged(message) {
    const others = message.generation !== this.generation;
    message.order.forEach((place, at) => { this.columns[place].longest ??= message.longest[at]; });
    Object.assign(this, {
      generation: message.generation, found: message.found, all: message.all, totals: message.totals, order: message.order, frozen: message.frozen, sort: message.sort,
      widths: new Map(message.widths), filters: new Map(message.filters), searched: message.search, only: message.only, views: message.views, canUndo: message.undo, canRedo: message.redo,
    });
    if (others) {
      this.blocks.clear(message.generation);
      this.grid.el.scrollTop = 0;
      if (this.record) this.record.close();
    }
    this.selection.clear();
    this.bar.showSums({ count: [], groups: [] });
    this.root.dataset.found = this.found;
    this.empty.textContent = !this.order.length ? this.labels.no_columns : !this.found ? (this.all ? this.labels.none_found : this.labels.no_rows) : "";
    this.empty.hidden = !this.empty.textContent;
    this.place.style.setProperty("--rows", clamp(this.found, 1, 16));
    this.bar.show();
    this.grid.layout();
  }

  busy(on) {
    this.waits = on;
    this.tell();
  }

  tell() { // data-state is written last: everything is shown by now
    const busy = this.waits || this.sumTimer || this.blocks.waits || this.bar.typing || !this.columns;
    this.root.dataset.state = busy ? "busy" : "ready";
  }

  drawn() {
    this.selection.mark();
    this.tell();
    if (this.root.dataset.state === "ready") this.prepare();
  }

  async prepare() { // once a frame is painted: what its first search would wait for is read while nothing else is asked
    const { columns } = this;
    if (this.prepared === columns || this.fixed) return;
    this.prepared = columns;
    for (let left = true, pause = 0; left && this.prepared === this.columns;) {
      await idle(pause);
      if (!this.waits) ({ left, pause } = await this.client.ask("prepare", {}, true));
    }
  }

  left() { // the kernel is gone: a sentence in place of broken icons
    this.gone.textContent = this.labels.waiting ?? "";
    this.gone.hidden = false;
    this.root.dataset.state = "gone";
  }

  // What a person does ------------------------------------------------------------------------------------------------

  heading(column) { return this.heads.make(column); }

  sortBy(place, add) { if (!this.fixed) this.ask("sort", { column: place, add }); }

  arrange(order, frozen = Math.min(this.frozen, order.length)) { this.ask("columns", { order, frozen }); }

  moveColumn(from, to) {
    if (this.fixed || to < 0 || to >= this.order.length || to === from) return;
    const order = [...this.order];
    order.splice(to, 0, ...order.splice(from, 1));
    this.ask("columns", { order, frozen: this.frozen }).then(() => this.selection.go(this.selection.cursor.row, to, false, true));
  }

  setWidth(place, pixels) {
    this.ask("width", { column: place, pixels: pixels ? Math.max(30, pixels) : 0 });
  }

  openMenu(column) {
    if (this.fixed || !this.order.length) return;
    this.menu?.close();
    this.menu = new Menu(this, column);
  }

  menuClosed() {
    this.menu = null;
    this.grid.el.focus({ preventScroll: true });
  }

  openRecord({ row, column }) {
    if (row < 0 || !this.found) return;
    if (this.drills) {
      this.ask("drill", { row, column: this.order[column] });
      return;
    }
    this.record?.close();
    this.record = new Record(this, { row, column });
  }

  recordClosed(row) {
    this.record = null;
    this.grid.el.focus({ preventScroll: true });
    if (row < this.found) this.selection.go(row, this.selection.cursor.column);
  }

  select() {
    clearTimeout(this.sumTimer);
    this.sumTimer = setTimeout(() => this.askSums(), SUM_PAUSE);
    this.tell();
  }

  async askSums() {
    clearTimeout(this.sumTimer);
    this.sumTimer = null;
    const { range } = this.selection;
    const answer = await this.ask("select", { rows: range ? [range.r0, range.r1] : null, places: this.selection.places });
    if (answer.kind === "sums") this.bar.showSums(answer);
  }

  showSelection({ selection, ...sums }) { // selected by a program
    this.bar.showSums({ ...sums });
    if (!selection) return;
    const [r0, r1, places] = selection;
    const shown = places.map((place) => this.order.indexOf(place));
    this.selection.range = { r0, r1, c0: Math.min(...shown), c1: Math.max(...shown) };
    this.selection.mark();
  }

  async copy(headings) {
    if (!this.selection.range) return this.bar.say(this.labels.nothing_selected, true);
    const asked = this.askSums().then(() => this.ask("copy", { headings })); // what is selected is known there first
    const answer = await this.put(asked);
    if (!answer || answer.kind === "error") return undefined;
    this.bar.say(filled(this.labels.copied, { cells: answer.cells }, this.language));
    this.root.dataset.copied = answer.cells;
    return answer;
  }

  async put(asked, rich = true) { // on the clipboard at once, with a promise: later the browser would not allow it
    const blob = (type, what) => {
      const made = asked.then((answer) => {
        if (answer.kind === "error") throw new Error(answer.text);
        return new Blob([answer[what]], { type });
      });
      made.catch(() => {}); // the bar says it
      return made;
    };
    try {
      const item = { "text/plain": blob("text/plain", "text"), ...(rich ? { "text/html": blob("text/html", "html") } : {}) };
      await navigator.clipboard.write([new ClipboardItem(item)]);
    } catch {
      const answer = await asked;
      if (answer.kind !== "error" && !copyTheOldWay(answer)) {
        this.bar.say(this.labels.copy_failed, true);
        return null;
      }
    }
    return asked;
  }

  end() {
    this.client.end();
    this.selection.end();
    this.grid.end();
    this.menu?.close();
    hideStatic(this.static, false);
  }
}

function copyTheOldWay({ text, html }) { // pages without a secure context have no other
  const area = h("textarea", "", { value: text, style: "position:fixed;opacity:0" });
  const put = (event) => {
    event.clipboardData.setData("text/plain", text);
    if (html) event.clipboardData.setData("text/html", html);
    event.preventDefault();
  };
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  document.addEventListener("copy", put, { once: true, capture: true });
  const worked = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  area.remove();
  before?.focus({ preventScroll: true });
  return worked;
}

function render({ model, el }) {
  const app = new App(model, el);
  app.root.app = app; // for whoever looks at it from outside, such as a test
  return () => app.end();
}

export default { render };
