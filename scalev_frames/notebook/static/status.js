// What is going on: a sentence that is read aloud, a bar, and the running numbers that are not.
// `shown` arrives whole; data-state is written last, so that whoever waits for it finds everything else in place.

function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "scalev-status";
  const text = document.createElement("div");
  text.className = "scalev-status-text";
  text.setAttribute("role", "status");
  const bar = document.createElement("div");
  bar.className = "scalev-bar";
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", model.get("label"));
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", "100");
  const fill = document.createElement("div");
  bar.append(fill);
  const detail = document.createElement("div");
  detail.className = "scalev-status-detail";
  box.append(text, bar, detail);

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
