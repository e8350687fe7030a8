// A file of the kernel's side becomes a download of the browser: asked for, sent in parts, put together, saved.

function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "scalev-button scalev-download";
  const note = document.createElement("span");
  note.className = "scalev-download-note";
  note.setAttribute("role", "status");
  el.append(button, note);
  let parts = [];
  let asked = false; // another view of the same panel must not save it too

  const update = () => {
    button.textContent = model.get("label");
    button.disabled = !model.get("ready");
    note.textContent = model.get("note");
  };
  const receive = (message, buffers) => {
    if (message.kind !== "part" || !asked) return;
    if (message.number === 0) parts = [];
    parts.push(...buffers);
    if (message.number + 1 < message.count) return;
    asked = false;
    const address = URL.createObjectURL(new Blob(parts, { type: message.type }));
    parts = [];
    const link = document.createElement("a");
    link.href = address;
    link.download = message.name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };
  button.addEventListener("click", () => {
    asked = true;
    model.send({ kind: "ask" });
  });
  model.on("change:label change:ready change:note", update);
  model.on("msg:custom", receive);
  update();
  return () => {
    model.off("change:label change:ready change:note", update);
    model.off("msg:custom", receive);
  };
}

export default { render };
