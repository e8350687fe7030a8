// A line of code to take along: shown as text, copied with one press.

function render({ model, el }) {
  const words = model.get("words");
  const box = document.createElement("div");
  box.className = "scalev-code";
  const code = document.createElement("pre");
  code.tabIndex = 0;
  code.setAttribute("aria-label", words.code);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "scalev-button scalev-copy";
  button.textContent = words.copy;
  box.append(code, button);
  el.append(box);

  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(model.get("code"));
      button.textContent = words.copied;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      window.getSelection().removeAllRanges();
      window.getSelection().addRange(range);
      button.textContent = document.execCommand("copy") ? words.copied : words.press;
    }
    setTimeout(() => { button.textContent = words.copy; }, 2000);
  });
  const update = () => { code.textContent = model.get("code"); };
  model.on("change:code", update);
  update();
  return () => model.off("change:code", update);
}

export default { render };
