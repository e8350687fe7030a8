// A line of code to take along: shown as text, copied with one press.
import { h, button } from "../dom.js";

function render({ model, el }) {
  const words = model.get("words");
  const code = h("pre", "", { tabIndex: 0, role: "group", "aria-label": words.code });
  const copy = button("scalev-button scalev-copy", words.copy, "", async () => {
    try {
      await navigator.clipboard.writeText(model.get("code"));
      copy.textContent = words.copied;
    } catch {
      window.getSelection().selectAllChildren(code);
      copy.textContent = document.execCommand("copy") ? words.copied : words.press;
    }
    setTimeout(() => { copy.textContent = words.copy; }, 2000);
  });
  el.append(h("div", "scalev-code", {}, code, copy));
  const update = () => { code.textContent = model.get("code"); };
  model.on("change:code", update);
  update();
  return () => model.off("change:code", update);
}

export default { render };
