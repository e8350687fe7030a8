// What stands around the grid: search, columns, views, undo, code above; filters as chips; counts and sums below.
import { h, button, filled, later } from "../dom.js";

const TYPING_PAUSE = 250;

export class Bar {
  constructor(app) {
    this.app = app;
    this.el = h("div", "sg-bar");
    this.chips = h("div", "sg-chips", { hidden: true });
    this.chooser = h("div", "sg-chooser", { hidden: true, role: "group" });
    this.code = h("div", "sg-code", { hidden: true });
    this.counts = h("span", "sg-counts");
    this.note = h("span", "sg-said");
    this.sums = h("span", "sg-sums");
    this.status = h("div", "sg-status", { role: "status" }, this.counts, this.note, this.sums);
  }

  open() { // the words are known
    const { app } = this, words = app.labels;
    this.search = h("input", "sg-search", { type: "search", placeholder: words.search, "aria-label": words.search, spellcheck: false, autocomplete: "off" });
    const typed = later(() => { this.typing = false; app.ask("search", { text: this.search.value }); }, TYPING_PAUSE);
    this.search.addEventListener("input", () => { this.typing = true; app.busy(true); typed(); });
    this.columnsButton = button("sg-columns-button", words.columns, "", () => this.toggleChooser());
    this.columnsButton.setAttribute("aria-expanded", "false");
    this.views = h("select", "sg-views", { "aria-label": words.view });
    this.views.addEventListener("change", () => this.chooseView());
    this.undo = button("sg-undo", "↶", words.undo_hint, () => app.ask("undo"));
    this.redo = button("sg-redo", "↷", words.redo_hint, () => app.ask("redo"));
    this.undo.setAttribute("aria-label", words.undo);
    this.redo.setAttribute("aria-label", words.redo);
    this.copy = button("sg-copy", words.copy, words.copy_hint, () => app.copy(false));
    this.codeButton = button("sg-code-button", words.code, words.code_hint, () => this.toggleCode());
    this.codeButton.setAttribute("aria-expanded", "false");
    const parts = app.fixed ? [this.copy] : [this.search, this.views, this.columnsButton, this.undo, this.redo, this.copy, this.codeButton];
    this.el.replaceChildren(...parts);
    this.choices = null; // made when it is opened: a frame has many columns
    if (!this.chooser.hidden) this.buildChooser();
  }

  show() { // how the table stands
    const { app } = this, words = app.labels;
    this.counts.textContent = filled(app.found === app.all ? words.all_rows : words.found, { found: app.found - app.totals, all: app.all - app.totals }, app.language);
    if (!this.typing && document.activeElement !== this.search) this.search.value = app.searched;
    this.undo.disabled = !app.canUndo;
    this.redo.disabled = !app.canRedo;
    this.columnsButton.textContent = `${words.columns} ${filled(words.columns_of, { shown: app.order.length, all: app.columns.length })}`;
    this.showViews();
    this.showChips();
    if (!this.chooser.hidden) this.markChosen();
    if (!this.code.hidden) this.fillCode();
  }

  showChips() {
    const { app } = this, words = app.labels;
    const chips = [...app.filters].map(([place, text]) => {
      const heading = app.columns[place].heading;
      const remove = button("sg-chip-remove", "✕", filled(words.remove_filter, { name: heading }), () => app.ask("filter", { column: place, conditions: [] }));
      remove.setAttribute("aria-label", remove.title);
      return h("span", "sg-chip", {}, h("b", "", { textContent: heading }), h("span", "sg-chip-text", { textContent: text, title: text }), remove);
    });
    if (app.only) {
      const remove = button("sg-chip-remove", "✕", filled(words.remove_filter, { name: app.only }), () => app.ask("everything"));
      remove.setAttribute("aria-label", remove.title);
      chips.unshift(h("span", "sg-chip sg-only", { textContent: `${app.only} ` }, remove));
    }
    if (app.searched) chips.unshift(h("span", "sg-chip", {}, h("span", "sg-chip-text", { textContent: `“${app.searched}”`, title: app.searched })));
    if (chips.length) chips.push(button("sg-clear", words.clear, "", () => { this.search.value = ""; app.ask("clear"); }));
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !chips.length;
  }

  // Views -----------------------------------------------------------------------------------------------------------

  showViews() {
    const { app } = this, words = app.labels;
    const option = (value, text) => h("option", "", { value, textContent: text });
    const own = app.views.map((name) => option(`own:${name}`, name));
    this.views.replaceChildren(option("", words.view), option("first", words.view_first), option("all", words.view_all), ...own, option("save", `${words.view_save}…`),
      ...(this.viewName && app.views.includes(this.viewName) ? [option("remove", `${words.view_remove}: ${this.viewName}`)] : []));
    this.views.value = this.viewName && app.views.includes(this.viewName) ? `own:${this.viewName}` : "";
  }

  async chooseView() {
    const { app } = this, chosen = this.views.value;
    if (chosen === "save") return this.askName();
    const name = chosen.startsWith("own:") ? chosen.slice(4) : this.viewName;
    const how = chosen.startsWith("own:") ? "own" : chosen;
    if (!how) return;
    this.viewName = how === "own" ? name : "";
    const answer = await app.ask("view", { how, name });
    this.say(answer.note ?? answer.text ?? "");
    this.showViews();
  }

  askName() {
    const { app } = this, words = app.labels;
    const input = h("input", "sg-view-name", { type: "text", placeholder: words.view_name, "aria-label": words.view_name, maxLength: 60 });
    const save = async () => {
      const answer = await app.ask("view", { how: "save", name: input.value });
      if (answer.kind !== "error") {
        this.viewName = input.value.trim();
        box.replaceWith(this.views);
        this.showViews();
        this.views.focus();
      }
      this.say(answer.note ?? answer.text ?? "", answer.kind === "error");
    };
    const box = h("span", "sg-view-save", {}, input, button("", words.view_save, "", save));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") save();
      else if (event.key === "Escape") { box.replaceWith(this.views); this.showViews(); this.views.focus(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.views.replaceWith(box);
    input.focus();
  }

  // Columns ---------------------------------------------------------------------------------------------------------

  buildChooser() {
    const { app } = this, words = app.labels;
    const find = h("input", "", { type: "search", placeholder: words.find_column, "aria-label": words.find_column, spellcheck: false });
    const found = () => [...list.children].filter((line) => !line.hidden);
    const set = (on) => this.choose(found().map((line) => Number(line.dataset.place)), on);
    const list = h("div", "sg-choices", {}, ...app.columns.map((column, place) => {
      const box = h("input", "", { type: "checkbox" });
      box.addEventListener("change", () => this.choose([place], box.checked));
      const line = h("label", "", { title: column.name }, box, h("span", "", { textContent: column.heading }), h("small", "", { textContent: column.said }));
      Object.assign(line.dataset, { place, words: `${column.heading} ${column.name}`.toLowerCase() });
      return line;
    }));
    find.addEventListener("input", () => {
      for (const line of list.children) line.hidden = !line.dataset.words.includes(find.value.trim().toLowerCase());
    });
    this.choices = list;
    this.chooser.setAttribute("aria-label", words.columns);
    this.chooser.replaceChildren(h("div", "sg-chooser-bar", {}, find, button("sg-all", words.show_all, "", () => set(true)), button("sg-none", words.show_none, "", () => set(false)),
      button("sg-first", words.show_first, "", () => app.ask("view", { how: "first" }))), list);
    this.chooser.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.toggleChooser();
      this.columnsButton.focus();
    };
  }

  choose(places, on) {
    const { app } = this, chosen = new Set(places);
    const kept = app.order.filter((place) => on || !chosen.has(place));
    app.arrange(on ? [...kept, ...places.filter((place) => !app.order.includes(place))] : kept);
  }

  markChosen() {
    const shown = new Set(this.app.order);
    for (const line of this.choices.children) line.firstElementChild.checked = shown.has(Number(line.dataset.place));
  }

  toggleChooser() {
    this.chooser.hidden = !this.chooser.hidden;
    this.columnsButton.setAttribute("aria-expanded", String(!this.chooser.hidden));
    if (this.chooser.hidden) return;
    if (!this.choices) this.buildChooser();
    this.markChosen();
    this.chooser.querySelector("input").focus();
  }

  // Code, sums ------------------------------------------------------------------------------------------------------

  toggleCode() {
    this.code.hidden = !this.code.hidden;
    this.codeButton.setAttribute("aria-expanded", String(!this.code.hidden));
    if (!this.code.hidden) this.fillCode();
  }

  async fillCode() {
    const { app } = this;
    const answer = await app.ask("code");
    if (answer.kind !== "code") return;
    const copy = button("sg-code-copy", app.labels.copy, "", async () => {
      await app.put(Promise.resolve(answer), false);
      this.say(app.labels.code_copied);
    });
    this.code.replaceChildren(h("pre", "", { textContent: answer.text, tabIndex: 0 }), copy);
  }

  showSums(answer) {
    const pair = ([name, value]) => h("span", "sg-sum", {}, `${name}: `, h("strong", "", { textContent: value }));
    const many = answer.groups.length > 1;
    this.sums.replaceChildren(...answer.count.map(pair), ...answer.groups.flatMap(([unit, parts]) => [h("span", "sg-unit", { textContent: many || unit === "Rp" ? unit : "" }), ...parts.map(pair)]));
  }

  say(text, wrong = false) {
    this.note.textContent = text;
    this.note.classList.toggle("sg-wrong", wrong);
  }
}
