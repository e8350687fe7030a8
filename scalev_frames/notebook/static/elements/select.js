// One of some values, chosen by its name, which is right whatever else is offered meanwhile.
import { h } from "../dom.js";

function render({ model, el }) {
  const id = `scalev-select-${Math.random().toString(36).slice(2)}`;
  const select = h("select", "", { id });
  el.append(h("div", "widget-inline-hbox widget-dropdown", {},
    h("label", "widget-label", { htmlFor: id, textContent: model.get("label") }), select));
  select.addEventListener("change", () => {
    model.set("value", select.value);
    model.save_changes();
  });
  const choose = () => { select.value = model.get("value"); };
  const offer = () => {
    select.replaceChildren(...model.get("options").map(([text, value]) => h("option", "", { value, textContent: text })));
    choose();
  };
  model.on("change:options", offer);
  model.on("change:value", choose);
  offer();
  return () => {
    model.off("change:options", offer);
    model.off("change:value", choose);
  };
}

export default { render };
