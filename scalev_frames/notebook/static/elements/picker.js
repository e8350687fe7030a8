// Choose several by name: type to search, arrows and Enter to choose, Backspace to take the last away.
// What is not in the list can be typed. The pattern is WAI-ARIA's editable combobox.
import { h, pastedList } from "../dom.js";

const MOST_SHOWN = 80;

function render({ model, el }) {
  const id = `scalev-picker-${Math.random().toString(36).slice(2)}`;
  const words = model.get("words");
  const label = h("label", "scalev-label", { htmlFor: `${id}-input`, id: `${id}-label` });
  const input = h("input", "", {
    id: `${id}-input`, autocomplete: "off", spellcheck: false, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": `${id}-list`, "aria-describedby": `${id}-error`,
  });
  const well = h("div", "scalev-well", {}, input);
  const list = h("ul", "scalev-options", { // one that scrolls would be a Tab stop of its own, and closes when it is reached
    id: `${id}-list`, tabIndex: -1, role: "listbox", "aria-multiselectable": "true", "aria-labelledby": label.id, hidden: true,
  });
  const error = h("div", "scalev-error", { id: `${id}-error`, role: "alert" });
  const box = h("div", "scalev-field scalev-picker", {}, label, well, list, error);
  el.append(box);

  let matches = [];
  let active = -1;

  const textOf = (value) => (model.get("options").find(([one]) => one === value) || [value, value])[1];

  const set = (values) => {
    model.set("value", model.get("single") ? values.slice(-1) : values);
    model.save_changes();
  };
  const toggle = (value) => {
    const now = model.get("value");
    set(now.includes(value) ? now.filter((one) => one !== value) : [...now, value]);
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const showList = () => {
    const typed = input.value.trim();
    const wanted = typed.toLowerCase();
    const options = model.get("options");
    const fits = ([value, text]) => { // 0: it is the word, 1: it begins with it, 2: it holds it, 3: none of these
      const said = [text.toLowerCase(), value.toLowerCase()];
      if (!wanted || said.includes(wanted)) return 0;
      return said.some((one) => one.startsWith(wanted)) ? 1 : said.some((one) => one.includes(wanted)) ? 2 : 3;
    };
    const found = options.filter((option) => fits(option) < 3).sort((a, b) => fits(a) - fits(b));
    matches = found.slice(0, MOST_SHOWN);
    if (typed && !options.some(([value]) => value === typed)) {
      matches.push([typed, words.take.replace("{value}", typed), true]);
    }
    list.replaceChildren();
    const values = model.get("value");
    matches.forEach(([value, text, isNew], place) => {
      const option = h("li", isNew ? "scalev-option scalev-option-new" : "scalev-option", {
        id: `${id}-option-${place}`, textContent: text, role: "option", "aria-selected": String(values.includes(value)), "data-value": value,
      });
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(place);
      });
      list.append(option);
    });
    const rest = found.length - Math.min(found.length, MOST_SHOWN);
    const note = rest > 0 ? words.more.replace("{count}", rest) : matches.length ? "" : words.nothing;
    if (note) list.append(h("li", "scalev-option-note", { textContent: note, role: "option", "aria-disabled": "true", "aria-selected": "false" }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point(typed && matches.length ? 0 : -1);
  };

  const point = (place) => {
    active = place;
    [...list.children].forEach((one, at) => one.classList.toggle("scalev-option-active", at === place));
    if (place >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-option-${place}`);
      list.children[place].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const take = (place) => {
    toggle(matches[place][0]);
    input.value = "";
    if (model.get("single")) close();
    else showList();
  };

  input.addEventListener("focus", showList);
  input.addEventListener("click", () => list.hidden && showList());
  input.addEventListener("input", showList);
  pastedList(input, (pieces) => {
    const known = new Map(model.get("options").flatMap(([value, text]) => [[text.toLowerCase(), value], [value.toLowerCase(), value]]));
    set([...new Set([...model.get("value"), ...pieces.map((one) => known.get(one.toLowerCase()) ?? one)])]);
  });
  input.addEventListener("blur", () => {
    const typed = input.value.trim();
    if (typed && !model.get("value").includes(typed)) toggle(typed);
    input.value = "";
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) showList();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (matches.length) point((active + step + matches.length) % matches.length);
    } else if (event.key === "Enter" || (event.key === "," && input.value.trim())) {
      event.preventDefault();
      if (!list.hidden && active >= 0) take(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !input.value && model.get("value").length) {
      set(model.get("value").slice(0, -1));
    }
  });
  well.addEventListener("mousedown", (event) => {
    if (event.target === well) {
      event.preventDefault();
      input.focus();
    }
  });

  const update = () => {
    const values = model.get("value");
    label.textContent = model.get("label");
    box.dataset.name = model.get("name");
    // What is chosen stands once, as chips below the filters.
    input.placeholder = values.length ? words.chosen.replace("{count}", values.length) : model.get("placeholder");
    box.classList.toggle("scalev-has-values", values.length > 0);
    error.textContent = model.get("error");
    box.classList.toggle("scalev-wrong", Boolean(model.get("error")));
    input.setAttribute("aria-invalid", String(Boolean(model.get("error"))));
    if (list.hidden) return;
    const pointed = matches[active]?.[0];
    showList();
    const place = matches.findIndex(([value]) => value === pointed);
    if (place >= 0) point(place); // other names have come while somebody chooses
  };
  const watched = "change:value change:options change:error change:label change:placeholder";
  model.on(watched, update);
  update();
  return () => model.off(watched, update);
}

export default { render };
