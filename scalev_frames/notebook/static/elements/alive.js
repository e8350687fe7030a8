// Says in a sentence when the kernel behind a panel is gone, in place of a broken icon on every control.
// Hides the plain HTML that stands in a saved notebook while the panel is drawn.
// A press waits for what was chosen before it: Jupyter holds choices back while the kernel is busy, and presses not.
// It counts, too, where the panel moved under the pointer before that was let go: another list has other filters.
import { h, button, hideStatic } from "../dom.js";

const SLIP = 4; // pixels that a pointer may move in a press

function render({ model, el }) {
  const said = h("div", "scalev-alive", { role: "alert" });
  el.append(said);
  hideStatic(model.get("static"), true);

  const gone = () => {
    el.closest(".scalev")?.classList.add("scalev-gone");
    said.replaceChildren(h("p", "", { textContent: model.get("words").gone }));
    const run = document.querySelector(
      '.jp-NotebookPanel:not(.lm-mod-hidden) [data-command="notebook:run-cell-and-select-next"], .jp-NotebookPanel:not(.lm-mod-hidden) jp-button[data-command^="notebook:run-cell"]');
    const cell = el.closest(".jp-Cell");
    if (!run || !cell) return; // not a notebook, or one without that button
    said.append(button("scalev-button scalev-primary scalev-again", model.get("words").again, "", () => {
      (cell.querySelector(".jp-InputPrompt") ?? cell).dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
      requestAnimationFrame(() => run.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true, composed: true }))); // what it listens to
    }));
  };

  const held = [];
  let [passing, rounds] = [false, 0];
  // After one round what was held back is on its way; after two it is there: a busy kernel may change the order of messages.
  const settle = () => {
    model.send({ kind: "settle" });
    rounds = rounds || 2;
  };
  const ours = (node) => {
    const target = node.closest?.(".jupyter-button.scalev-button, .scalev-key-send");
    return target?.closest(".scalev") === el.closest(".scalev") ? target : null;
  };
  let pressed = null;
  const press = ({ target, clientX, clientY }) => { pressed = { target: ours(target), clientX, clientY }; };
  const hold = (event) => {
    const stayed = pressed && event.detail && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < SLIP;
    const target = stayed ? pressed.target : ours(event.target);
    if (passing || !target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      if (!held.length) settle();
    } catch { // the kernel was shut down, which nothing else says
      return gone();
    }
    if (held.at(-1) !== target) held.push(target);
  };
  const settled = () => {
    if (!held.length) return; // another view of the panel asked
    rounds -= 1;
    if (!rounds) {
      passing = true;
      held.shift().click();
      passing = false;
    }
    if (held.length) settle();
  };
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("click", hold, true);
  model.on("msg:custom", settled);
  model.on("comm_live_update", gone); // a view is drawn when it is connected: the next change is the loss
  return () => {
    document.removeEventListener("pointerdown", press, true);
    document.removeEventListener("click", hold, true);
    model.off("msg:custom", settled);
    model.off("comm_live_update", gone);
    hideStatic(model.get("static"), false);
  };
}

export default { render };
