// A day typed as people write it, or picked in the browser's calendar; what it means is said by the kernel.
import { h, button } from "../dom.js";

// The presets beside are one Tab stop; arrows move among them.
function keepOneStop(days) {
  const presets = days?.querySelector(".scalev-presets");
  if (!presets || presets.dataset.arrows) return;
  presets.dataset.arrows = "yes";
  presets.setAttribute("role", "group");
  presets.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...presets.querySelectorAll("button")];
    all[(all.indexOf(event.target) + step + all.length) % all.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}

function render({ model, el }) {
  const id = `scalev-day-${Math.random().toString(36).slice(2)}`;
  const words = model.get("words"), label = model.get("label");
  const input = h("input", "", { id, type: "text", placeholder: words.hint, autocomplete: "off", spellcheck: false });
  const calendar = h("input", "", { type: "date", tabIndex: -1, "aria-hidden": "true" });
  const showCalendar = () => { try { calendar.showPicker(); } catch { input.focus(); } };
  const open = button("scalev-calendar", "▾", "", showCalendar);
  open.tabIndex = -1;
  open.setAttribute("aria-label", `${words.calendar}: ${label}`);
  const box = h("div", "widget-inline-hbox scalev-day", {},
    h("label", "widget-label", { htmlFor: id, textContent: label }), h("div", "scalev-day-well", {}, input, open, calendar));
  el.append(box);

  let typing = false; // what is being typed is not overwritten by an answer to what was typed before
  const send = (text) => {
    typing = false;
    try {
      model.send({ kind: "typed", text });
    } catch { // the kernel is gone: a box that leaves the page still says what was typed into it
    }
  };
  input.addEventListener("input", () => { typing = true; });
  input.addEventListener("change", () => send(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send(input.value);
    else if (event.key === "ArrowDown" && event.altKey) showCalendar();
    else return;
    event.preventDefault();
  });
  calendar.addEventListener("change", () => calendar.value && send(calendar.value));

  const show = (text) => { if (!typing) input.value = text; };
  const update = () => {
    show(model.get("shown"));
    calendar.value = model.get("day");
  };
  const hear = (message) => show(message.shown);
  model.on("change:shown change:day", update);
  model.on("msg:custom", hear);
  update();
  const seen = new ResizeObserver(() => keepOneStop(box.closest(".scalev-days"))); // it is in its place only later
  seen.observe(box);
  return () => {
    seen.disconnect();
    model.off("change:shown change:day", update);
    model.off("msg:custom", hear);
  };
}

export default { render };
