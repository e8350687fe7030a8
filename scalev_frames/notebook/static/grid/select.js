// Selecting by mouse and keyboard. Only the keys that are used here are kept from the page.
import { clamp } from "../dom.js";

const OWN_COMMANDS = new Set(["a", "c", "z", "y", " ", "home", "end", "arrowup", "arrowdown", "arrowleft", "arrowright"]);
const SCROLL_EVERY = 40;

export class Selection {
  constructor(app, grid) {
    Object.assign(this, { app, grid, cursor: { row: 0, column: 0 }, anchor: { row: 0, column: 0 }, range: null, dragging: null });
    grid.body.addEventListener("pointerdown", (event) => this.down(event));
    grid.body.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) grid.body.addEventListener(end, () => this.up());
    grid.body.addEventListener("dblclick", (event) => !event.target.closest("a") && app.openRecord(this.cursor));
    grid.el.addEventListener("keydown", (event) => this.key(event));
    this.keep = (event) => this.keepFromPage(event);
    window.addEventListener("keydown", this.keep, true);
  }

  get places() { return this.range ? this.grid.list.slice(this.range.c0, this.range.c1 + 1) : []; }

  clear() {
    this.range = null;
    this.cursor = this.anchor = { row: 0, column: clamp(this.cursor.column, 0, Math.max(0, this.app.order.length - 1)) };
  }

  go(row, column, extend = false, quiet = false) {
    const { app, grid } = this;
    if (!grid.count) return;
    this.cursor = { row: clamp(row, extend ? 0 : -1, app.found - 1), column: clamp(column, 0, grid.count - 1) };
    if (!extend) this.anchor = { ...this.cursor };
    this.range = this.cursor.row < 0 ? null : ordered(this.anchor, this.cursor);
    grid.reveal(this.cursor);
    grid.draw();
    if (!quiet) app.select();
  }

  whole(r0, r1, c0, c1) {
    if (!this.app.found || !this.grid.count) return;
    this.range = { r0, r1, c0, c1 };
    this.mark();
    this.app.select();
  }

  column(column) {
    this.cursor = this.anchor = { row: 0, column };
    this.whole(0, this.app.found - 1, column, column);
  }

  all() { this.whole(0, this.app.found - 1, 0, this.grid.count - 1); }

  mark() {
    const { grid, range, cursor } = this;
    for (const [row, one] of grid.rows) for (const [column, el] of one.cells) {
      const on = Boolean(range && row >= range.r0 && row <= range.r1 && column >= range.c0 && column <= range.c1);
      if (el.on !== on) {
        el.on = on;
        el.classList.toggle("sg-on", on);
        el.setAttribute("aria-selected", String(on));
      }
      el.classList.toggle("sg-cursor", row === cursor.row && column === cursor.column);
    }
    for (const [column, el] of grid.heads.cells) el.classList.toggle("sg-cursor", cursor.row === -1 && cursor.column === column);
    const id = `${grid.id}-${cursor.row}-${cursor.column}`; // out of sight there is no such cell
    if (document.getElementById(id)) grid.el.setAttribute("aria-activedescendant", id);
    else grid.el.removeAttribute("aria-activedescendant");
  }

  // Pointer ---------------------------------------------------------------------------------------------------------

  down(event) {
    if (event.button || !this.app.found || !this.grid.count || event.target.closest("a")) return;
    this.grid.el.focus({ preventScroll: true });
    const { row, column } = this.grid.hit(event);
    event.preventDefault();
    if (event.target.closest(".sg-number")) {
      const from = event.shiftKey ? this.anchor.row : row;
      this.cursor = { row, column: 0 };
      if (!event.shiftKey) this.anchor = { row, column: 0 };
      return this.whole(Math.min(from, row), Math.max(from, row), 0, this.grid.count - 1);
    }
    this.go(row, column, event.shiftKey, true);
    this.dragging = event;
    this.grid.body.setPointerCapture(event.pointerId);
    this.timer = setInterval(() => this.scroll(), SCROLL_EVERY);
  }

  move(event) {
    if (!this.dragging) return;
    this.dragging = event;
    this.extend(event);
  }

  extend(event) {
    const { row, column } = this.grid.hit(event);
    if (row !== this.cursor.row || column !== this.cursor.column) this.go(row, column, true, true);
  }

  scroll() { // while the pointer is held outside, also when it stands still
    if (!this.dragging) return;
    const box = this.grid.el.getBoundingClientRect(), { clientX, clientY } = this.dragging;
    const top = box.top + this.grid.head.offsetHeight;
    const down = clientY > box.bottom ? clientY - box.bottom : clientY < top ? clientY - top : 0;
    const right = clientX > box.right ? clientX - box.right : clientX < box.left ? clientX - box.left : 0;
    if (!down && !right) return;
    this.grid.el.scrollBy(right, down);
    this.extend(this.dragging);
  }

  up() {
    if (!this.dragging) return;
    this.dragging = null;
    clearInterval(this.timer);
    this.app.select();
  }

  // Keyboard --------------------------------------------------------------------------------------------------------

  key(event) {
    const action = this.action(event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  action(event) {
    const { app, grid } = this, { row, column } = this.cursor, key = event.key;
    const command = event.ctrlKey || event.metaKey;
    if (event.altKey) return this.altAction(event, column);
    if (command && !event.shiftKey && key.toLowerCase() === "a") return () => this.all();
    if (command && key.toLowerCase() === "c") return () => app.copy(event.shiftKey);
    if (command && key.toLowerCase() === "z") return () => app.ask(event.shiftKey ? "redo" : "undo");
    if (command && key.toLowerCase() === "y") return () => app.ask("redo");
    if (key === " " && command) return () => this.whole(0, app.found - 1, (this.range ?? this.one()).c0, (this.range ?? this.one()).c1);
    if (key === " " && event.shiftKey) return () => this.whole((this.range ?? this.one()).r0, (this.range ?? this.one()).r1, 0, grid.count - 1);
    if (key === "Enter" && row < 0) return () => app.sortBy(grid.list[column], event.shiftKey);
    if (key === "Enter" || key === "F2") return () => app.openRecord(this.cursor);
    if (key === "Escape") return this.range && (() => { this.range = null; grid.draw(); app.select(); });
    const to = this.target(event, command);
    return to && (() => this.go(to[0], to[1], event.shiftKey));
  }

  altAction(event, column) {
    const { app, grid } = this;
    if (event.key === "ArrowDown") return () => app.openMenu(column);
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || !grid.count) return null;
    if (event.shiftKey) return () => app.moveColumn(column, column + way);
    return () => app.setWidth(grid.list[column], grid.width(grid.list[column]) + 12 * way);
  }

  one() { const { row, column } = this.cursor; return { r0: Math.max(0, row), r1: Math.max(0, row), c0: column, c1: column }; }

  target(event, command) {
    const { app, grid } = this, { row, column } = this.cursor;
    const last = app.found - 1, end = grid.count - 1, page = Math.max(1, Math.floor(grid.viewHeight / 28) - 1);
    return {
      ArrowDown: [command ? last : row + 1, column], ArrowUp: [command ? 0 : row - 1, column],
      ArrowRight: [row, command ? end : column + 1], ArrowLeft: [row, command ? 0 : column - 1],
      PageDown: [row + page, column], PageUp: [Math.max(0, row - page), column],
      Home: [command ? 0 : row, 0], End: [command ? last : row, end],
    }[event.key];
  }

  keepFromPage(event) { // Jupyter listens on the document, first, and looks for this mark on the focused element
    const root = this.app.root;
    if (!root.contains(event.target)) return;
    const command = event.ctrlKey || event.metaKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !command || OWN_COMMANDS.has(event.key.toLowerCase()));
  }

  end() {
    window.removeEventListener("keydown", this.keep, true);
    clearInterval(this.timer);
  }
}

function ordered(a, b) {
  return { r0: Math.min(a.row, b.row), r1: Math.max(a.row, b.row), c0: Math.min(a.column, b.column), c1: Math.max(a.column, b.column) };
}
