// The key lives in this input until Enter, leaves as a message, and is gone from the page at once.
// Nothing of it is ever set on the model, so that no saved notebook and no widget state can hold it.

function render({ model, el }) {
  const words = model.get("words");
  const id = `scalev-key-${Math.random().toString(36).slice(2)}`;
  const form = document.createElement("form");
  form.className = "scalev-key";
  form.autocomplete = "off";

  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = words.key;

  const input = document.createElement("input");
  Object.assign(input, { id, type: "password", autocomplete: "off", spellcheck: false, placeholder: words.hint });
  input.className = "scalev-key-input";
  input.setAttribute("data-1p-ignore", "");
  input.setAttribute("data-lpignore", "true");

  const button = document.createElement("button");
  button.type = "submit";
  button.className = "scalev-button scalev-primary scalev-key-send";
  button.textContent = words.send;

  form.append(label, input, button);
  const send = (event) => {
    event.preventDefault();
    const value = input.value;
    input.value = "";
    // As bytes beside the message, not in it: a kernel that logs its messages at debug level logs no bytes.
    if (value.trim()) model.send({ kind: "key" }, undefined, [new TextEncoder().encode(value).buffer]);
  };
  form.addEventListener("submit", send);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") send(event); });

  const update = () => {
    button.disabled = model.get("busy");
    input.disabled = model.get("busy");
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
