// One row with all its fields, long texts whole.
import { h, button, filled } from "../dom.js";

export class Record {
  constructor(app, { row, column }) {
    Object.assign(this, { app, row, place: app.order[column] });
    const words = app.labels;
    this.title = h("strong");
    this.find = h("input", "sg-find", { type: "search", placeholder: words.record_find, "aria-label": words.record_find, spellcheck: false });
    this.fields = h("div", "sg-fields", { tabIndex: 0 });
    this.el = h("div", "sg-record", { role: "dialog", "aria-modal": "false" }, h("div", "sg-record-bar", {}, this.title,
      button("sg-previous", "‹", words.record_previous, () => this.show(this.row - 1)), button("sg-next", "›", words.record_next, () => this.show(this.row + 1)),
      this.find, button("sg-close", "✕", words.close, () => this.close())), this.fields);
    for (const one of this.el.querySelectorAll("button")) one.setAttribute("aria-label", one.title);
    this.el.addEventListener("keydown", (event) => this.key(event));
    this.find.addEventListener("input", () => this.search());
    app.place.append(this.el);
    this.show(row);
  }

  async show(row) {
    if (row < 0 || row >= this.app.found) return;
    const answer = await this.app.ask("record", { row });
    if (answer.kind !== "record" || !this.el.isConnected) return;
    this.row = row;
    this.title.textContent = filled(this.app.labels.record, { row: row + 1 }, this.app.language);
    this.el.setAttribute("aria-label", this.title.textContent);
    this.fields.replaceChildren(...answer.fields.map((field) => this.line(field)));
    this.search();
    const here = this.fields.querySelector(`[data-place="${this.place}"]`);
    here?.scrollIntoView({ block: "nearest" });
    if (!this.el.contains(document.activeElement)) this.fields.focus({ preventScroll: true });
    this.el.dataset.row = row;
  }

  line([place, text, link, numeric]) {
    const about = this.app.columns[place];
    const value = link ? h("a", "", { href: link, target: "_blank", rel: "noopener noreferrer", textContent: text }) : h("span", text === null ? "sg-missing" : "", { textContent: text ?? "·" });
    const line = h("div", `sg-field${place === this.place ? " sg-here" : ""}`, {}, h("div", "sg-label", { textContent: about.heading, title: about.name }), h("div", `sg-value${numeric ? " sg-figure" : ""}`, {}, value));
    line.dataset.place = place;
    line.dataset.words = `${about.heading} ${about.name}`.toLowerCase();
    return line;
  }

  search() {
    const wanted = this.find.value.trim().toLowerCase();
    for (const line of this.fields.children) line.hidden = !line.dataset.words.includes(wanted);
  }

  key(event) {
    const step = event.target === this.find ? {} : { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key === "Escape") this.close();
    else if (step[event.key]) this.show(this.row + step[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.el.remove();
    this.app.recordClosed(this.row);
  }
}
