// Where a pivot is put together: fields into wells, by dragging or by their menu; the kernel makes the table.
import { h, button, filled, hideStatic, later } from "../dom.js";
import { client } from "../grid/client.js";
import { drawChart } from "./chart.js";

const WELLS = ["rows", "columns", "values", "filters"], GROUPS = ["rows", "columns"];

class Builder {
  constructor(model, el) {
    this.root = h("div", "scalev-builder", { "data-state": "waiting" });
    this.changing = 0; // changes that are not answered yet
    this.client = client(model, { told: (message) => this.heard(message), busy: (on) => { this.waits = on; this.tell(); }, left: () => this.left() });
    el.append(this.root);
    this.stale = true;
    this.seen = new ResizeObserver(() => this.refresh());
    this.seen.observe(this.root);
  }

  refresh() { // the kernel makes nothing for a tab that nobody looks at
    if (!this.stale || !this.root.clientWidth) return;
    this.stale = false;
    this.ask("open");
  }

  async ask(action, details) {
    const answer = await this.client.ask(action, details);
    this.heard(answer);
    return answer;
  }

  heard(message) {
    if (message.kind === "state") this.show(message);
    if (message.kind === "stale") {
      this.stale = true;
      this.tell();
      this.refresh();
    }
    if (message.kind === "error") this.say(message.text, true);
    else if (message.note) this.say(message.note);
  }

  tell() { this.root.dataset.state = this.waits || this.stale || !this.state ? "busy" : "ready"; }

  end() {
    this.client.end();
    this.seen.disconnect();
  }

  left() {
    this.root.replaceChildren(h("p", "sg-gone", { role: "alert", textContent: this.state?.labels.waiting ?? "" }));
    this.root.dataset.state = "gone";
  }

  say(text, wrong = false) {
    this.note.textContent = text;
    this.note.classList.toggle("sb-wrong", wrong);
  }

  show(state) {
    const first = !this.state;
    this.state = state;
    hideStatic(state.static, true);
    if (!this.changing) this.plan = structuredClone(state.plan);
    if (first) this.build();
    this.fill();
    this.tell();
  }

  // Parts -------------------------------------------------------------------------------------------------------------

  build() {
    const words = this.state.labels;
    this.find = h("input", "sb-find", { type: "search", placeholder: words.find_field, "aria-label": words.find_field, spellcheck: false });
    this.find.addEventListener("input", () => this.findFields());
    this.fields = h("ul", "sb-fields", { "aria-label": words.fields });
    this.wells = Object.fromEntries(WELLS.map((name) => [name, this.well(name)]));
    this.saved = h("select", "sb-saved", { "aria-label": words.saved });
    this.saved.addEventListener("change", () => this.useSaved());
    this.top = h("select", "sb-top", { "aria-label": words.top }, ...[0, 3, 5, 10, 20, 50].map((count) => h("option", "", { value: count, textContent: count ? String(count) : words.all_groups })));
    this.top.addEventListener("change", () => this.change((plan) => { plan.top = Number(this.top.value); }));
    [this.byValue, this.heat] = ["by_value", "heat"].map((name) => this.tick(name));
    this.chartTick = this.tickBox("sb-chart-tick", words.chart, () => this.showChart());
    this.chart = h("div", "sb-chart", { hidden: true });
    this.codeButton = button("sb-code-button", words.code, "", () => this.toggleCode());
    this.codeButton.setAttribute("aria-expanded", "false");
    this.code = h("div", "sg-code sb-code", { hidden: true });
    this.problem = h("p", "sb-problem", { role: "alert", hidden: true });
    this.note = h("p", "sb-note", { role: "status" });
    this.basis = h("p", "sb-basis");
    this.root.replaceChildren(
      h("div", "sb-top-part", {},
        h("section", "sb-list", { "aria-label": words.fields }, h("strong", "", { textContent: words.fields }), this.find, this.fields),
        h("div", "sb-wells", {}, ...WELLS.map((name) => this.wells[name]))),
      h("div", "sb-bar", {},
        h("label", "", {}, `${words.top} `, this.top), this.byValue, this.heat, this.chartTick,
        h("div", "sb-buttons", {},
          button("sb-rows", words.show_rows, "", () => this.ask("rows")), button("sb-export", words.export, "", () => this.ask("export")),
          this.codeButton, this.saved, button("sb-clear", words.clear, "", () => this.change((plan) => Object.assign(plan, { rows: [], columns: [], values: [], filters: [] }))))),
      this.code, this.problem, this.basis, this.note, this.chart);
  }

  tickBox(classes, label, changed) {
    const box = h("input", "", { type: "checkbox" });
    box.addEventListener("change", changed);
    return h("label", `sb-tick ${classes}`, {}, box, label);
  }

  tick(name) {
    return this.tickBox(`sb-${name}`, this.state.labels[name], (event) => this.change((plan) => { plan[name] = event.target.checked; }));
  }

  well(name) {
    const words = this.state.labels;
    const list = h("ul", "sb-chips", { "aria-label": words[name] });
    const box = h("section", `sb-well sb-well-${name}`, { "aria-label": words[name] }, h("strong", "", { textContent: words[name] }), list, h("small", "", { textContent: words.drop_here }));
    box.list = list;
    box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("sb-over"); });
    box.addEventListener("dragleave", () => box.classList.remove("sb-over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("sb-over");
      if (!this.dragged) return;
      const chips = [...list.children];
      const before = chips.findIndex((chip) => { const rect = chip.getBoundingClientRect(); return event.clientY < rect.top + rect.height / 2; });
      this.put(this.dragged.field, name, this.dragged, before < 0 ? chips.length : before);
    });
    return box;
  }

  fill() {
    const { state, plan } = this, words = state.labels;
    this.lines = state.fields.map((field) => this.fieldLine(field));
    this.findFields();
    for (const name of GROUPS) this.wells[name].list.replaceChildren(...plan[name].map(([column, step], index) => this.chip(this.field(column, step), name, index)));
    this.wells.values.list.replaceChildren(...plan.values.map((value, index) => this.valueChip(value, index)));
    this.fillFilters(this.wells.filters.list);
    this.top.value = String(plan.top);
    this.byValue.firstElementChild.checked = plan.by_value;
    this.heat.firstElementChild.checked = plan.heat;
    this.problem.textContent = state.problem;
    this.problem.hidden = !state.problem;
    this.basis.textContent = state.notes.join(" · ");
    this.fillSaved(words);
    this.showChart();
    if (!this.code.hidden) this.fillCode();
    const isElsewhere = this.root.contains(document.activeElement); // in a menu or a field, since the change was made
    if (this.focusNext && !isElsewhere) this.root.querySelector(this.focusNext)?.focus();
    this.focusNext = null;
  }

  fillFilters(list) { // a filter that somebody types in stays as it is
    const { filters } = this.plan, columns = JSON.stringify(filters.map(([column]) => column));
    const typing = document.activeElement?.matches(".sb-filter") && list.contains(document.activeElement);
    if (typing && list.dataset.columns === columns) return;
    list.dataset.columns = columns;
    list.replaceChildren(...filters.map(([column, text], index) => this.filterChip(column, text, index)));
  }

  field(column, step) {
    return this.state.fields.find((one) => one.column === column && one.step === step) ?? { column, step, heading: column, plain: column, functions: [], groups: true };
  }

  findFields() {
    const wanted = this.find.value.trim().toLowerCase();
    const fits = ({ dataset: { words } }) => (words.startsWith(`${wanted}\n`) ? 0 : words.startsWith(wanted) ? 1 : 2); // the heading itself, what begins with it, all else
    for (const line of this.lines) line.hidden = !line.dataset.words.includes(wanted);
    this.fields.replaceChildren(...[...this.lines].sort((a, b) => fits(a) - fits(b)));
  }

  // A field -----------------------------------------------------------------------------------------------------------

  draggable(el, dragged) {
    el.draggable = true;
    el.addEventListener("dragstart", (event) => {
      this.dragged = dragged;
      event.dataTransfer.setData("text/plain", dragged.field.heading);
      event.dataTransfer.effectAllowed = "move";
    });
    el.addEventListener("dragend", () => { this.dragged = null; });
    return el;
  }

  fieldLine(field) {
    const line = h("li", "", {}, this.fieldButton(field, field.heading, null));
    line.dataset.words = `${field.heading}\n${field.name}`.toLowerCase();
    return this.draggable(line, { field });
  }

  fieldButton(field, text, from) { // Enter, a click or the arrow down opens what can be done with it
    const open = button("sb-field", text, "", () => this.openMenu(made, field, from));
    open.setAttribute("aria-haspopup", "menu");
    open.setAttribute("aria-label", filled(this.state.labels.field_menu, { name: text }));
    const made = open;
    open.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      event.stopPropagation();
      this.openMenu(made, field, from);
    });
    return open;
  }

  chip(field, well, index) {
    return this.draggable(h("li", "sb-chip", {}, this.fieldButton(field, field.heading, { well, index }), this.remover(well, index, field.heading)), { field, well, index });
  }

  remover(well, index, heading) {
    const made = button("sb-remove", "✕", `${this.state.labels.remove}: ${heading}`, () => this.change((plan) => plan[well].splice(index, 1)));
    made.setAttribute("aria-label", made.title);
    return made;
  }

  valueChip([column, name, show], index) {
    const words = this.state.labels, field = this.field(column, "");
    const heading = column ? field.plain : words.function_rows;
    const choice = (label, options, chosen, changed) => {
      const select = h("select", "", { "aria-label": `${label}: ${heading}` }, ...options.map(([value, text]) => h("option", "", { value, textContent: text })));
      select.value = chosen;
      select.addEventListener("change", () => changed(select.value));
      return select;
    };
    const parts = [this.fieldButton({ ...field, heading }, heading, { well: "values", index }), this.remover("values", index, heading)];
    if (column) parts.push(choice(words.function, this.valueFunctions(column), name, (value) => this.change((plan) => { plan.values[index][1] = value; })));
    parts.push(choice(words.show, this.state.shows, show, (value) => this.change((plan) => { plan.values[index][2] = value; })));
    return this.draggable(h("li", "sb-chip sb-value", {}, ...parts), { field, well: "values", index });
  }

  valueFunctions(column) {
    return (this.state.fields.find((one) => one.column === column && one.functions.length) ?? { functions: [] }).functions;
  }

  filterChip(column, text, index) {
    const field = this.state.fields.find((one) => one.column === column) ?? { column, plain: column, heading: column };
    const label = filled(this.state.labels.filter_of, { name: field.plain });
    const id = `sb-${Math.random().toString(36).slice(2)}`;
    const known = h("datalist", "", { id });
    const input = h("input", "sb-filter", { type: "text", value: text, "aria-label": label, spellcheck: false, autocomplete: "off" });
    input.setAttribute("list", id);
    input.addEventListener("focus", async () => {
      const answer = await this.client.ask("values", { column });
      known.replaceChildren(...(answer.values ?? []).map((value) => h("option", "", { value })));
    }, { once: true });
    input.addEventListener("change", () => this.change((plan) => { plan.filters[index][1] = input.value; }));
    input.addEventListener("keydown", (event) => event.stopPropagation());
    return h("li", "sb-chip sb-value", {}, h("span", "", { textContent: field.plain }), input, known, this.remover("filters", index, field.plain));
  }

  openMenu(opener, field, from) {
    this.menu?.remove();
    const words = this.state.labels;
    const item = (text, act) => {
      const made = button("", text, "", () => { close(); act(); });
      made.setAttribute("role", "menuitem");
      return made;
    };
    const to = (well) => item(words[`to_${well}`], () => this.put(field, well, from));
    const items = [];
    if (field.groups) items.push(...GROUPS.filter((well) => well !== from?.well).map(to));
    if (from?.well !== "values" && this.valueFunctions(field.column).length) items.push(to("values"));
    if (field.groups && from?.well !== "filters") items.push(to("filters"));
    if (from) {
      const all = this.plan[from.well].length;
      if (from.index > 0) items.push(item(words.earlier, () => this.move(from, -1)));
      if (from.index < all - 1) items.push(item(words.later, () => this.move(from, 1)));
      items.push(item(words.remove, () => this.change((plan) => plan[from.well].splice(from.index, 1))));
    }
    const menu = h("div", "sb-menu", { role: "menu", "aria-label": field.heading }, ...items);
    const outside = (event) => { if (!menu.contains(event.target)) close(); };
    const close = () => {
      document.removeEventListener("pointerdown", outside, true);
      menu.remove();
      this.menu = null;
    };
    menu.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      event.stopPropagation();
      if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
      else if (event.key === "Escape" || event.key === "Tab") { close(); opener.focus(); }
      else return;
      event.preventDefault();
    });
    document.addEventListener("pointerdown", outside, true);
    this.menu = menu;
    (from ? opener.parentElement : this.root).append(menu); // a result that comes meanwhile makes the list of fields anew
    const box = opener.getBoundingClientRect();
    if (menu.showPopover) { // above everything, not cut off by the list
      menu.popover = "manual";
      menu.showPopover();
      menu.style.left = `${Math.min(box.left, innerWidth - menu.offsetWidth - 8)}px`;
      menu.style.top = `${Math.min(box.bottom + 2, innerHeight - menu.offsetHeight - 8)}px`;
    }
    items[0]?.focus();
  }

  // Changes -----------------------------------------------------------------------------------------------------------

  async change(work) {
    const plan = structuredClone(this.plan);
    work(plan);
    this.plan = plan; // the next change builds on this one, which may not be answered yet
    this.changing += 1;
    const answer = await this.ask("plan", { plan });
    this.changing -= 1;
    if (this.changing) return;
    this.plan = structuredClone(this.state.plan);
    if (answer.kind === "error") this.fill();
  }

  put(field, well, from = null, at = Infinity) {
    this.focusNext = `.sb-well-${well} .sb-chip:last-child button`;
    return this.change((plan) => {
      if (from?.well) {
        plan[from.well].splice(from.index, 1);
        if (from.well === well && from.index < at) at -= 1;
      } else if (GROUPS.includes(well)) { // one that groups already comes from there
        for (const one of GROUPS) plan[one] = plan[one].filter(([column, step]) => column !== field.column || step !== field.step);
      }
      const functions = this.valueFunctions(field.column);
      const made = well === "values" ? (from?.well === "values" ? this.plan.values[from.index] : [field.column, functions[0]?.[0] ?? "filled", ""]) : well === "filters" ? [field.column, ""] : [field.column, field.step];
      plan[well].splice(Math.min(at, plan[well].length), 0, made);
    });
  }

  move({ well, index }, step) {
    this.focusNext = `.sb-well-${well} .sb-chip:nth-child(${index + step + 1}) button`;
    this.change((plan) => plan[well].splice(index + step, 0, ...plan[well].splice(index, 1)));
  }

  // Saved, code, chart ------------------------------------------------------------------------------------------------

  fillSaved(words) {
    const option = (value, text) => h("option", "", { value, textContent: text });
    const { saved } = this.state;
    this.saved.replaceChildren(option("", words.saved), ...saved.map((name) => option(`use:${name}`, name)), option("save", `${words.save}…`), ...saved.map((name) => option(`forget:${name}`, filled(words.remove_saved, { name }))));
  }

  useSaved() {
    const [what, name] = this.saved.value.split(/:(.*)/s);
    if (what === "use" || what === "forget") return this.ask(what, { name });
    if (what !== "save") return undefined;
    const words = this.state.labels;
    const input = h("input", "sb-name", { type: "text", placeholder: words.saved_name, "aria-label": words.saved_name, maxLength: 60 });
    const end = () => { input.replaceWith(this.saved); this.saved.value = ""; };
    input.addEventListener("keydown", async (event) => {
      event.stopPropagation();
      if (event.key === "Escape") end();
      if (event.key !== "Enter") return;
      const answer = await this.ask("save", { name: input.value });
      if (answer.kind !== "error") end();
    });
    this.saved.replaceWith(input);
    input.focus();
    return undefined;
  }

  toggleCode() {
    this.code.hidden = !this.code.hidden;
    this.codeButton.setAttribute("aria-expanded", String(!this.code.hidden));
    if (!this.code.hidden) this.fillCode();
  }

  fillCode() {
    const words = this.state.labels, text = this.state.code;
    const copy = button("sb-copy", words.copy, "", async () => {
      try {
        await navigator.clipboard.writeText(text);
        this.say(words.code_copied);
      } catch {
        getSelection().selectAllChildren(pre); // pages without a secure context: Ctrl+C does it
      }
    });
    const pre = h("pre", "", { textContent: text, tabIndex: 0 });
    this.code.replaceChildren(pre, copy);
  }

  showChart() {
    const { chart } = this.state, on = this.chartTick.firstElementChild.checked && chart;
    this.chart.hidden = !on;
    if (on) drawChart(this.chart, chart);
    else this.chart.replaceChildren();
  }
}

function render({ model, el }) {
  const builder = new Builder(model, el);
  builder.root.app = builder;
  return () => builder.end();
}

export default { render };
