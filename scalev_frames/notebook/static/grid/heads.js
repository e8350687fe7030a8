// Headings: sorted by a click, resized by their edge, moved by dragging, with a menu each.
import { h, clamp } from "../dom.js";

export class Heads {
  constructor(app, grid) {
    Object.assign(this, { app, grid });
    grid.head.addEventListener("pointerdown", (event) => this.down(event));
    grid.head.addEventListener("click", (event) => {
      if (event.target.closest(".sg-number")) return app.selection.all();
      const menu = event.target.closest(".sg-menu-button");
      if (menu) app.openMenu(Number(menu.closest(".sg-head-cell").dataset.column));
    });
    grid.head.addEventListener("dblclick", (event) => {
      const grip = event.target.closest(".sg-grip");
      if (grip) app.setWidth(this.grid.list[Number(grip.parentElement.dataset.column)], 0);
    });
  }

  make(column) {
    const { app, grid } = this;
    if (column < 0) return grid.sized(h("div", "sg-cell sg-number", { role: "columnheader", "aria-colindex": "1", title: app.labels.select_all }, h("span", "sg-spoken", { textContent: app.labels.row }), h("span", "", { textContent: "№", "aria-hidden": "true" })), column);
    const place = grid.list[column], about = app.columns[place];
    const rank = app.sort.findIndex(([one]) => one === place), way = rank < 0 ? undefined : app.sort[rank][1];
    const mark = way === undefined ? "" : (way ? "▲" : "▼") + (app.sort.length > 1 ? rank + 1 : "");
    const filter = app.filters.get(place);
    const hint = [about.heading, about.meaning, `${about.name} · ${about.said} · ${about.dtype}`, filter ? `▼ ${filter}` : "", app.fixed ? "" : app.labels.sort_hint].filter(Boolean).join("\n");
    const el = h("div", `sg-cell sg-head-cell${about.numeric ? " sg-numeric" : ""}`, {
      role: "columnheader", id: `${grid.id}--1-${column}`, title: hint, "aria-colindex": column + 2,
      "aria-sort": way === undefined ? "none" : way ? "ascending" : "descending",
    }, h("span", "sg-name", { textContent: about.heading }), h("span", "sg-sort", { textContent: mark, "aria-hidden": "true" }));
    if (!app.fixed) {
      el.append(h("button", "sg-menu-button", {
        type: "button", tabIndex: -1, textContent: filter ? "▼" : "▾", "aria-pressed": String(Boolean(filter)),
        "aria-label": app.labels.menu.replace("{name}", about.heading),
      }));
    }
    el.append(h("span", "sg-grip", { title: app.labels.resize }));
    el.dataset.column = column;
    el.dataset.name = about.name;
    return grid.sized(el, column);
  }

  down(event) {
    const el = event.target.closest(".sg-head-cell");
    if (!el || event.button || event.target.closest(".sg-menu-button")) return;
    event.preventDefault();
    this.grid.el.focus({ preventScroll: true });
    const column = Number(el.dataset.column);
    if (event.target.closest(".sg-grip")) this.resize(event, column);
    else this.drag(event, column);
  }

  follow(event, move, drop) {
    const end = (last) => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      drop(last);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
  }

  resize(event, column) {
    const { app, grid } = this, place = grid.list[column], before = grid.width(place);
    let width = before;
    this.follow(event, (moved) => {
      width = Math.max(30, before + moved.clientX - event.clientX);
      app.widths.set(place, width);
      grid.layout();
    }, () => width !== before && app.setWidth(place, Math.round(width)));
  }

  drag(event, column) {
    const { app, grid } = this;
    let to = null;
    this.follow(event, (moved) => {
      if (app.fixed || (to === null && Math.abs(moved.clientX - event.clientX) < 5)) return;
      const box = grid.el.getBoundingClientRect(), x = moved.clientX - box.left;
      const inside = x < grid.lefts[grid.frozen] ? x : x + grid.el.scrollLeft;
      const over = clamp(grid.at(inside), 0, grid.count - 1);
      to = inside > (grid.lefts[over] + grid.lefts[over + 1]) / 2 ? over + 1 : over;
      grid.line.style.left = `${grid.lefts[to] - (to > grid.frozen ? grid.el.scrollLeft : 0) + grid.el.offsetLeft}px`;
      grid.line.hidden = false;
    }, (last) => {
      grid.line.hidden = true;
      if (to !== null) return app.moveColumn(column, to > column ? to - 1 : to);
      app.selection.cursor = app.selection.anchor = { row: -1, column };
      if (app.fixed || last.ctrlKey || last.metaKey) app.selection.column(column);
      else app.sortBy(grid.list[column], last.shiftKey);
    });
  }
}
