// The key lives in this input until Enter, leaves as a message, and is gone from the page at once.
// Nothing of it is ever set on the model, so that no saved notebook and no widget state can hold it.
import { h } from "../dom.js";

function render({ model, el }) {
  const words = model.get("words");
  const id = `scalev-key-${Math.random().toString(36).slice(2)}`;
  const input = h("input", "scalev-key-input", {
    id, type: "password", autocomplete: "off", spellcheck: false, placeholder: words.hint, "data-1p-ignore": "", "data-lpignore": "true",
  });
  const enter = h("button", "scalev-button scalev-primary scalev-key-send", { type: "submit", textContent: words.send });
  const form = h("form", "scalev-key", { autocomplete: "off" }, h("label", "", { htmlFor: id, textContent: words.key }), input, enter);
  const send = (event) => {
    event.preventDefault();
    const value = input.value;
    input.value = "";
    // As bytes beside the message, not in it: a kernel that logs its messages at debug level logs no bytes.
    if (value.trim()) model.send({ kind: "key" }, undefined, [new TextEncoder().encode(value).buffer]);
  };
  form.addEventListener("submit", send);
  input.addEventListener("keydown", (event) => { // as the button does, whose press waits for the profile's name (alive.js)
    if (event.key !== "Enter") return;
    event.preventDefault();
    enter.click();
  });

  const update = () => {
    enter.disabled = input.disabled = model.get("busy");
    el.dataset.filled = String(model.get("filled"));
  };
  model.on("change:busy change:filled", update);
  update();
  el.append(form);
  return () => {
    input.value = "";
    model.off("change:busy change:filled", update);
  };
}

export default { render };
