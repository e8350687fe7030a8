// Tells the kernel whether the page is dark, so that pictures can be drawn to fit.

function isDark() {
  const said = document.body.dataset.jpThemeLight;
  return said ? said === "false" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function render({ model }) {
  const update = () => {
    if (model.get("dark") === isDark()) return;
    model.set("dark", isDark());
    model.save_changes();
  };
  const watcher = new MutationObserver(update);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  update();
  return () => watcher.disconnect();
}

export default { render };
