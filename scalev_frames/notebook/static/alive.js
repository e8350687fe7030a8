// Says in a sentence when the kernel behind a panel is gone, in place of a broken icon on every control.
// Hides the plain HTML that stands in a saved notebook while the panel is drawn.

function render({ model, el }) {
  const said = document.createElement("div");
  said.className = "scalev-alive";
  said.setAttribute("role", "alert");
  el.append(said);
  const statics = () => document.querySelectorAll(`[data-scalev-static="${model.get("static")}"]`);
  for (const one of statics()) one.hidden = true;

  const gone = () => {
    const panel = el.closest(".scalev");
    panel?.classList.add("scalev-gone");
    const text = document.createElement("p");
    text.textContent = model.get("words").gone;
    said.replaceChildren(text);
    const run = document.querySelector(
      '.jp-NotebookPanel:not(.lm-mod-hidden) [data-command="notebook:run-cell-and-select-next"], .jp-NotebookPanel:not(.lm-mod-hidden) jp-button[data-command^="notebook:run-cell"]');
    const cell = el.closest(".jp-Cell");
    if (!run || !cell) return; // not a notebook, or one without that button
    const again = document.createElement("button");
    again.type = "button";
    again.className = "scalev-button scalev-primary scalev-again";
    again.textContent = model.get("words").again;
    again.addEventListener("click", () => {
      (cell.querySelector(".jp-InputPrompt") ?? cell).dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
      requestAnimationFrame(() => run.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true, composed: true }))); // what it listens to
    });
    said.append(again);
  };
  model.on("comm_live_update", gone); // a view is drawn when it is connected: the next change is the loss
  return () => {
    model.off("comm_live_update", gone);
    for (const one of statics()) one.hidden = false;
  };
}

export default { render };
