// The menu of a heading, as in Excel: sort, hide, freeze; conditions; the list of values with search, boxes and counts.
import { h, button, filled, counted, later, clamp, pastedList } from "../dom.js";

const [TEXT, NUMBER, TIME] = [
  ["contains", "not contains", "begins", "ends", "=", "!=", "missing", "filled"],
  ["=", "!=", ">", ">=", "<", "<=", "between", "missing", "filled"],
  ["=", "between", ">", "<", ">=", "<=", "missing", "filled"],
];
const NAMES = { "=": "op_equal", "!=": "op_not_equal", ">": "op_more", ">=": "op_at_least", "<": "op_less", "<=": "op_at_most", between: "op_between", contains: "op_contains", "not contains": "op_not_contains", begins: "op_begins", ends: "op_ends", missing: "op_missing", filled: "op_filled" };
const TIME_NAMES = { ">": "op_after", "<": "op_before", ">=": "op_since", "<=": "op_until" };
const COUNTS = { between: 2, missing: 0, filled: 0 };

export class Menu {
  constructor(app, column) {
    Object.assign(this, { app, column, place: app.order[column], changed: new Map(), all: null, touched: false });
    this.about = app.columns[this.place];
    this.build();
    this.fill();
  }

  build() {
    const { app, about } = this, words = app.labels;
    this.typed = h("input", "sg-typed", { type: "text", placeholder: words[about.numeric ? "typed_number" : about.time ? "typed_time" : about.kind === "flag" ? "typed_flag" : "typed_text"], spellcheck: false, autocomplete: "off", "aria-label": words.condition });
    this.error = h("p", "sg-error", { role: "alert", hidden: true });
    this.conditions = h("div", "sg-conditions");
    this.find = h("input", "sg-find", { type: "search", placeholder: words.search_values, "aria-label": words.search_values, spellcheck: false, autocomplete: "off" });
    this.everything = h("input", "", { type: "checkbox" });
    this.everythingText = h("span", "", { textContent: words.all_values });
    this.add = h("input", "", { type: "checkbox" });
    this.addLine = h("label", "sg-add", { hidden: true }, this.add, h("span", "", { textContent: words.add_to_filter }));
    this.list = h("div", "sg-values", { role: "group", "aria-label": words.values, tabIndex: -1 });
    this.note = h("p", "sg-note");
    const parts = [
      h("div", "sg-menu-top", {}, h("strong", "", { textContent: about.heading }), h("code", "", { textContent: about.name })),
      h("div", "sg-menu-row", {},
        button("", `▲ ${words.sort_up}`, "", () => this.sort(true)), button("", `▼ ${words.sort_down}`, "", () => this.sort(false)),
        button("", words.hide, "", () => this.hide()), button("", this.frozen() ? words.unfreeze : words.freeze, "", () => this.freeze())),
      this.typed, this.error,
    ];
    if (about.time) parts.push(h("div", "sg-menu-row sg-presets", {}, ...app.presets.map(([name, said]) => button("", said, "", () => this.send({ preset: name })))));
    parts.push(this.conditions, this.find,
      h("label", "sg-everything", {}, this.everything, this.everythingText), this.addLine, this.list, this.note,
      h("div", "sg-menu-row sg-menu-end", {}, this.remove = button("sg-remove", words.remove, "", () => this.send({ conditions: [] })), button("sg-apply", words.apply, "", () => this.apply())));
    this.el = h("div", "sg-menu", { role: "dialog", "aria-label": filled(words.menu, { name: about.heading }), "data-state": "waiting" }, ...parts);
    this.el.addEventListener("keydown", (event) => this.key(event));
    this.el.addEventListener("input", () => { this.error.hidden = true; });
    pastedList(this.typed, (pieces) => { this.typed.setRangeText(pieces.join("; "), this.typed.selectionStart, this.typed.selectionEnd, "end"); });
    this.find.addEventListener("input", later(() => this.fill(), 150));
    this.everything.addEventListener("change", () => this.tickAll());
    this.outside = (event) => { if (!this.el.contains(event.target)) this.close(); };
    document.addEventListener("pointerdown", this.outside, true);
    app.root.append(this.el);
    if (this.el.showPopover) {
      this.el.popover = "manual";
      this.el.showPopover();
    }
    this.position();
    this.typed.focus({ preventScroll: true });
  }

  position() {
    const head = this.app.grid.heads.cells.get(this.column)?.getBoundingClientRect() ?? this.app.grid.el.getBoundingClientRect();
    const box = this.el.getBoundingClientRect();
    this.el.style.left = `${clamp(head.left, 8, Math.max(8, innerWidth - box.width - 8))}px`;
    this.el.style.top = `${clamp(head.bottom + 2, 8, Math.max(8, innerHeight - box.height - 8))}px`;
  }

  frozen() { return this.app.frozen === this.column + 1; }

  // Values ----------------------------------------------------------------------------------------------------------

  async fill() {
    const { app } = this, words = app.labels, search = this.find.value.trim();
    const answer = await app.ask("values", { column: this.place, search });
    if (!this.el.isConnected) return;
    if (!this.ready) this.take(answer);
    this.searched = search;
    this.shown = answer.values.map(([value, said, count]) => [value, said, count]);
    if (answer.missing && !search) this.shown.unshift([null, words.blank, answer.missing]);
    this.distinct = answer.distinct;
    this.list.replaceChildren(...this.shown.map(([value, said, count], index) => {
      const box = h("input", "", { type: "checkbox", checked: this.isOn(value) });
      box.dataset.index = index;
      box.addEventListener("change", () => {
        this.changed.set(value, box.checked);
        this.touched = true;
        this.tellAll();
      });
      return h("label", "", { title: said }, box, h("span", "", { textContent: said }), h("small", "", { textContent: counted(count, app.language) }));
    }));
    const more = answer.distinct > answer.values.length;
    this.note.textContent = more ? filled(words.more_values, { count: answer.distinct }, app.language) : this.shown.length ? "" : words.no_values;
    this.everythingText.textContent = search ? words.all_searched : words.all_values;
    this.addLine.hidden = !search || !this.had;
    this.tellAll();
    this.position();
    this.el.dataset.state = "ready";
  }

  take(answer) { // what is filtered already
    this.ready = true;
    this.had = answer.conditions.length > 0;
    this.remove.disabled = !this.had;
    const listed = answer.conditions.find((one) => one.op === "in" || one.op === "not in");
    this.base = listed ? { op: listed.op, values: new Set(listed.values) } : { op: "not in", values: new Set() };
    for (const one of answer.conditions) {
      if (one.op === "contains any") this.typed.value = one.values.join(", ");
      else if (one !== listed && NAMES[one.op]) this.addCondition(one);
    }
    this.addCondition();
  }

  isOn(value) {
    if (this.changed.has(value)) return this.changed.get(value);
    return this.base.values.has(value) === (this.base.op === "in");
  }

  tickAll() {
    this.touched = true;
    if (!this.searched && this.distinct + 1 >= this.shown.length) { // all of them, those not shown too
      this.changed.clear();
      this.base = { op: this.everything.checked ? "not in" : "in", values: new Set() };
    } else for (const [value] of this.shown) this.changed.set(value, this.everything.checked);
    for (const box of this.list.querySelectorAll("input")) box.checked = this.everything.checked;
    this.tellAll();
  }

  tellAll() {
    const on = this.shown.filter(([value]) => this.isOn(value)).length;
    this.everything.checked = on > 0 && on === this.shown.length;
    this.everything.indeterminate = on > 0 && on < this.shown.length;
  }

  chosen() { // what the boxes say; unticking one of those shown leaves those not shown as they are
    const searched = Boolean(this.searched);
    if (searched && !this.add.checked && (this.touched || !this.had)) { // as in Excel: only what the search found and is ticked
      return { op: "in", values: this.shown.filter(([value]) => this.isOn(value)).map(([value]) => value) };
    }
    if (searched && this.add.checked) for (const [value] of this.shown) if (!this.changed.has(value)) this.changed.set(value, true);
    if (!this.changed.size && this.base.op === "not in" && !this.base.values.size) return null;
    const values = new Set(this.base.values);
    for (const [value, on] of this.changed) {
      if (on === (this.base.op === "in")) values.add(value);
      else values.delete(value);
    }
    if (this.base.op === "not in" && !values.size) return null;
    return { op: this.base.op, values: [...values] };
  }

  // Conditions ------------------------------------------------------------------------------------------------------

  addCondition(given = null) {
    const { app, about } = this, words = app.labels;
    if (about.kind === "flag") return;
    const operators = about.numeric ? NUMBER : about.time ? TIME : TEXT;
    const says = (op) => words[(about.time && TIME_NAMES[op]) || NAMES[op]];
    const select = h("select", "", { "aria-label": words.condition }, h("option", "", { value: "", textContent: `${words.condition}…` }), ...operators.map((op) => h("option", "", { value: op, textContent: says(op) })));
    const inputs = [words.from, words.to].map((label) => h("input", "", { type: "text", "aria-label": label, spellcheck: false, autocomplete: "off" }));
    const line = h("div", "sg-condition", {}, select, ...inputs);
    const arrange = () => {
      const count = select.value ? COUNTS[select.value] ?? 1 : 0;
      inputs.forEach((input, index) => { input.hidden = index >= count; });
      if (select.value && line === this.conditions.lastElementChild) this.addCondition();
      this.position();
    };
    select.addEventListener("change", () => { arrange(); if (!inputs[0].hidden) inputs[0].focus(); });
    if (given) {
      select.value = given.op;
      given.values.forEach((value, index) => { inputs[index].value = value ?? ""; });
    }
    this.conditions.append(line);
    arrange();
  }

  asked() {
    return [...this.conditions.children].map((line) => {
      const [select, ...inputs] = line.children;
      return { op: select.value, values: inputs.filter((input) => !input.hidden).map((input) => input.value.trim()) };
    }).filter((one) => one.op && one.values.every((value) => value));
  }

  apply() {
    if (!this.ready) return;
    const text = this.typed.value.trim();
    const listed = this.chosen();
    this.send({ text, conditions: [...this.asked(), ...(listed ? [listed] : [])] });
  }

  async send(details) {
    const answer = await this.app.ask("filter", { column: this.place, ...details });
    if (answer.kind !== "error") return this.close();
    this.app.bar.say(""); // it stands here
    this.error.textContent = answer.text;
    this.error.hidden = false;
    this.typed.focus();
    this.position();
  }

  // Keys and commands -----------------------------------------------------------------------------------------------

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      this.apply();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const boxes = [...this.list.querySelectorAll("input")];
      const at = boxes.indexOf(event.target);
      const next = event.target === this.find || event.target === this.typed ? boxes[0] : at >= 0 ? boxes[at + (event.key === "ArrowDown" ? 1 : -1)] ?? this.find : null;
      if (next) { event.preventDefault(); next.focus(); }
    } else if (event.key === "Tab") this.keepInside(event);
  }

  keepInside(event) { // Tab goes round in the menu; Esc leaves it
    const all = [...this.el.querySelectorAll("input, select, button")].filter((one) => !one.disabled && one.offsetParent !== null);
    const last = event.shiftKey ? all[0] : all.at(-1);
    if (event.target !== last) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0]).focus();
  }

  sort(rises) { this.app.ask("sort", { column: this.place, to: rises }); this.close(); }

  hide() { this.app.arrange(this.app.order.filter((one) => one !== this.place)); this.close(); }

  freeze() { this.app.arrange(this.app.order, this.frozen() ? 0 : this.column + 1); this.close(); }

  close() {
    document.removeEventListener("pointerdown", this.outside, true);
    this.el.remove();
    this.app.menuClosed();
  }
}
