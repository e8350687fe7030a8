// What is going on: a sentence that is read aloud, a bar, and the running numbers that are not.
// `shown` arrives whole; data-state is written last, so that whoever waits for it finds everything else in place.
import { h } from "../dom.js";

function render({ model, el }) {
  const text = h("div", "scalev-status-text", { role: "status" });
  const fill = h("div");
  const bar = h("div", "scalev-bar", { role: "progressbar", "aria-label": model.get("label"), "aria-valuemin": "0", "aria-valuemax": "100" }, fill);
  const detail = h("div", "scalev-status-detail");
  const box = h("div", "scalev-status", {}, text, bar, detail);

  const update = () => {
    const shown = model.get("shown");
    if (text.textContent !== shown.text) text.textContent = shown.text || "";
    detail.textContent = shown.detail || "";
    bar.hidden = shown.fraction === undefined;
    bar.classList.toggle("scalev-bar-open", shown.fraction === null);
    if (typeof shown.fraction === "number") {
      const percent = Math.round(shown.fraction * 100);
      fill.style.width = `${percent}%`;
      bar.setAttribute("aria-valuenow", String(percent));
    } else {
      fill.style.width = "";
      bar.removeAttribute("aria-valuenow");
    }
    box.dataset.state = shown.state || "ready";
  };
  model.on("change:shown", update);
  update();
  el.append(box);
  return () => model.off("change:shown", update);
}

export default { render };
