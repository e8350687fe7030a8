// The grid itself: one scroller, rows placed absolutely, frozen cells sticky; only what is in view exists.
import { h, measurer, clamp, counted, filled } from "../dom.js";

const ROW = 28;
const OVER = 4;
const AHEAD = 100;
const PAD = 18;
const TALLEST = 12_000_000; // browsers cap the height of an element
const FROZEN_SHARE = 0.6;
const [NARROWEST, WIDEST, WIDEST_HEADING, WIDEST_FIXED] = [64, 300, 430, 290]; // numbers and their headings may be wider than texts

export class Grid {
  constructor(app) {
    this.app = app;
    this.id = Math.random().toString(36).slice(2);
    this.head = h("div", "sg-head", { role: "rowgroup" });
    this.headRow = h("div", "sg-row sg-headrow", { role: "row", "aria-rowindex": "1", hidden: true }); // a row holds a cell
    this.groupRow = h("div", "sg-row sg-grouprow", { "aria-hidden": "true", hidden: true });
    this.body = h("div", "sg-body", { role: "rowgroup" });
    this.canvas = h("div", "sg-canvas", { role: "presentation" }, this.head, this.body);
    this.head.append(this.groupRow, this.headRow);
    this.el = h("div", "sg-grid", { role: "grid", tabIndex: 0, "aria-multiselectable": "true" }, this.canvas);
    this.line = h("div", "sg-line", { hidden: true });
    this.rows = new Map();
    this.measure = measurer(this.el);
    this.planned = false;
    this.el.addEventListener("scroll", () => this.plan(), { passive: true });
    this.seen = new ResizeObserver(() => this.layout());
    this.seen.observe(this.el);
  }

  // Columns ---------------------------------------------------------------------------------------------------------

  width(place) {
    const dragged = this.app.widths.get(place);
    if (dragged) return dragged;
    const known = this.natural.get(place);
    if (known) return known;
    const column = this.app.columns[place];
    const heading = Math.min(this.app.fixed ? WIDEST_FIXED : WIDEST_HEADING, this.measure(column.heading, "600") + 58);
    const cells = this.measure(column.longest, this.weight) + PAD + (column.numeric ? 8 : ["link", "phone"].includes(column.kind) ? 20 : 2);
    const width = Math.ceil(column.numeric ? Math.max(NARROWEST, heading, cells) : clamp(Math.max(heading, cells), NARROWEST, WIDEST));
    this.natural.set(place, width);
    return width;
  }

  get weight() { return this.app.fixed ? "700" : "400"; } // totals are bold

  reset() { // another frame: nothing that was measured holds
    this.natural = new Map();
  }

  layout() { // after anything about columns or the number of rows
    const { app } = this;
    if (!app.columns || !this.el.clientWidth) return;
    this.measure.look();
    this.list = app.order;
    this.count = this.list.length;
    this.numberWidth = Math.max(NARROWEST / 2, Math.ceil(this.measure("0".repeat(String(counted(app.found, app.language)).length), this.weight) + PAD));
    this.lefts = [this.numberWidth];
    for (const place of this.list) this.lefts.push(this.lefts.at(-1) + this.width(place));
    this.frozen = Math.min(app.frozen, this.count);
    while (this.frozen > 0 && this.lefts[this.frozen] > this.el.clientWidth * FROZEN_SHARE) this.frozen -= 1;
    this.full = app.found * ROW;
    this.height = Math.min(this.full, TALLEST);
    this.canvas.style.width = `${this.lefts.at(-1)}px`;
    this.body.style.height = `${this.height}px`;
    this.el.setAttribute("aria-rowcount", app.found + 1);
    this.el.setAttribute("aria-colcount", this.count + 1);
    this.el.setAttribute("aria-label", app.labels.table);
    for (const row of this.rows.values()) row.el.remove();
    this.rows.clear();
    this.headRow.hidden = false;
    this.headRow.replaceChildren();
    this.groupRow.replaceChildren();
    this.heads = { el: this.headRow, cells: new Map() };
    this.groups = { el: this.groupRow, cells: new Map() };
    this.groupRow.hidden = !app.columns.some((column) => column.group);
    this.draw();
  }

  at(x) { // the shown column at this distance from the left edge of all columns
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lefts[middle + 1] <= x) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, this.count - 1);
  }

  // Rows ------------------------------------------------------------------------------------------------------------

  get viewHeight() { return Math.max(ROW, this.el.clientHeight - this.head.offsetHeight); }

  get top() { // pixels above the view, of all rows, even where the scroller is shorter than they are
    if (this.full === this.height) return this.el.scrollTop;
    return this.el.scrollTop * ((this.full - this.viewHeight) / Math.max(1, this.height - this.viewHeight));
  }

  set top(value) {
    const scale = this.full === this.height ? 1 : Math.max(1, this.height - this.viewHeight) / (this.full - this.viewHeight);
    this.el.scrollTop = value * scale;
  }

  span() {
    const top = this.top, left = this.el.scrollLeft;
    return {
      r0: Math.max(0, Math.floor(top / ROW) - OVER),
      r1: Math.min(this.app.found - 1, Math.ceil((top + this.viewHeight) / ROW) + OVER),
      c0: Math.max(this.frozen, this.at(left + this.lefts[this.frozen]) - 1),
      c1: Math.min(this.count - 1, this.at(left + this.el.clientWidth) + 1),
    };
  }

  plan() {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
    });
  }

  draw() {
    const { app } = this;
    if (!app.columns || !this.lefts) return;
    app.blocks.forget();
    const span = this.count ? this.span() : { r0: 0, r1: -1, c0: 0, c1: -1 };
    const moved = this.el.scrollTop - this.top; // read once: after each change the browser would lay out anew to say it
    for (const [row, one] of this.rows) {
      if (row >= span.r0 && row <= span.r1) continue;
      one.el.remove();
      this.rows.delete(row);
    }
    for (let row = span.r0; row <= span.r1; row++) {
      let one = this.rows.get(row);
      if (!one) {
        one = { el: h("div", "sg-row", { role: "row", "aria-rowindex": row + 2 }), cells: new Map() };
        this.rows.set(row, one);
        this.body.append(one.el);
      }
      one.el.style.top = `${row * ROW + moved}px`;
      this.fill(one, span, (column) => this.cell(row, column));
      this.styleRow(one, row);
    }
    this.fill(this.heads, span, (column) => this.app.heading(column));
    if (!this.groupRow.hidden) this.fill(this.groups, span, (column) => this.group(column));
    for (const one of this.rows.values()) for (const [column, el] of one.cells) if (el.waits) this.put(el, column);
    if (this.count) this.lookAhead(span);
    app.drawn();
  }

  lookAhead({ r0, r1, c0, c1 }) { // the rows above and below, so that scrolling seldom waits
    const places = [...this.list.slice(0, this.frozen), ...this.list.slice(c0, c1 + 1)];
    this.app.blocks.ahead([r1 + AHEAD, r0 - AHEAD].filter((row) => row >= 0 && row < this.app.found), places);
  }

  fill(row, span, make) { // keep the cells still in view, add the new ones, take the others away
    for (const [column, el] of row.cells) {
      if (column < this.frozen || (column >= span.c0 && column <= span.c1)) continue;
      el.remove();
      row.cells.delete(column);
    }
    if (!row.left) {
      row.left = h("div", "sg-frozen", { role: "presentation" }, make(-1));
      row.el.append(row.left);
    }
    for (let column = 0; column < this.frozen; column++) {
      if (row.cells.has(column)) continue;
      const el = make(column);
      row.cells.set(column, el);
      row.left.append(el);
    }
    for (let column = span.c0; column <= span.c1; column++) {
      if (row.cells.has(column)) continue;
      const el = make(column);
      el.style.left = `${this.lefts[column]}px`;
      el.classList.add("sg-placed");
      row.cells.set(column, el);
      row.el.append(el);
    }
  }

  sized(el, column) {
    el.style.width = `${column < 0 ? this.numberWidth : this.width(this.list[column])}px`;
    return el;
  }

  cell(row, column) {
    if (column < 0) {
      const number = counted(row + 1, this.app.language);
      return this.sized(h("div", "sg-cell sg-number", { role: "rowheader", textContent: number, "aria-colindex": "1" }), column);
    }
    const about = this.app.columns[this.list[column]];
    const el = h("div", `sg-cell${about.numeric ? " sg-numeric" : ""}`, { role: "gridcell", id: `${this.id}-${row}-${column}`, "aria-colindex": column + 2 });
    el.row = row;
    this.put(this.sized(el, column), column);
    return el;
  }

  put(el, column) {
    const { app } = this;
    const place = this.list[column], row = el.row;
    const text = app.blocks.cell(row, place);
    el.waits = text === undefined;
    el.classList.toggle("sg-waiting", el.waits);
    el.classList.toggle("sg-missing", text === null);
    if (text === undefined || text === null) {
      el.textContent = el.waits ? "…" : "·";
      if (!el.waits) el.setAttribute("aria-label", app.labels.missing_cell);
      return el;
    }
    const shade = app.blocks.extra(row, place, "shades");
    if (shade !== undefined && shade !== null) el.style.setProperty("--shade", `${Math.round(shade * 60)}%`);
    el.classList.toggle("sg-shaded", shade !== undefined && shade !== null);
    if (app.columns[place].numeric && this.measure(text, this.weight) + PAD - 1 > this.width(place)) return this.tooNarrow(el, text, place);
    el.title = text.length > 12 ? text : "";
    const link = app.blocks.extra(row, place, "links");
    if (!link) {
      el.textContent = text;
      return el;
    }
    const said = filled(app.columns[place].kind === "phone" ? app.labels.open_whatsapp : app.labels.open_link, { text });
    el.replaceChildren(text, h("a", "sg-link", { href: link, target: "_blank", rel: "noopener noreferrer", tabIndex: -1, textContent: "↗", draggable: false, title: said, "aria-label": said }));
    return el;
  }

  tooNarrow(el, text, place) { // a number is never cut
    el.textContent = "#".repeat(Math.max(1, Math.floor((this.width(place) - PAD) / this.measure("#"))));
    el.title = text;
    el.setAttribute("aria-label", text);
    return el;
  }

  styleRow(one, row) {
    if (!this.app.totals || !this.list.length) return;
    const number = this.app.blocks.number(row, this.list[0]), isTotal = typeof number === "string";
    if (isTotal) one.el.dataset.kind = number;
    one.left.firstElementChild.textContent = isTotal ? "" : counted(number, this.app.language);
  }

  group(column) { // one piece a column, its text on the first of its run alone: right under any order
    const el = this.sized(h("div", "sg-cell sg-group"), column);
    if (column < 0) return el;
    const name = this.app.columns[this.list[column]].group ?? "";
    const same = column > 0 && column !== this.frozen && (this.app.columns[this.list[column - 1]].group ?? "") === name;
    el.textContent = same ? "" : name;
    el.classList.toggle("sg-same", same);
    el.title = name;
    return el;
  }

  reveal({ row, column }) { // scroll so that a cell is in view
    if (row >= 0) {
      const top = row * ROW;
      if (top < this.top) this.top = top;
      else if (top + ROW > this.top + this.viewHeight) this.top = top + ROW - this.viewHeight;
    }
    if (column >= this.frozen && this.count) {
      const left = this.lefts[column], width = this.lefts[column + 1] - left, pinned = this.lefts[this.frozen];
      if (left < this.el.scrollLeft + pinned) this.el.scrollLeft = left - pinned;
      else if (left + width > this.el.scrollLeft + this.el.clientWidth) this.el.scrollLeft = Math.min(left - pinned, left + width - this.el.clientWidth);
    }
  }

  hit(event) { // the cell under the pointer, even beyond the edges
    const body = this.body.getBoundingClientRect(), grid = this.el.getBoundingClientRect();
    const y = event.clientY - body.top; // rows are placed from the body's own top
    const row = Math.floor((y + this.top - this.el.scrollTop) / ROW);
    const x = event.clientX - grid.left;
    const column = this.at(x < this.lefts[this.frozen] ? x : x + this.el.scrollLeft);
    return { row: clamp(row, 0, this.app.found - 1), column: Math.max(0, column) };
  }

  end() { this.seen.disconnect(); }
}
