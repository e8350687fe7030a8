// Tells the kernel whether the page is dark, so that pictures can be drawn to fit.
import { isDark, onTheme } from "../dom.js";

function render({ model }) {
  const update = () => {
    if (model.get("dark") === isDark()) return;
    model.set("dark", isDark());
    model.save_changes();
  };
  update();
  return onTheme(update);
}

export default { render };
