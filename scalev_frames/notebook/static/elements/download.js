// A file of the kernel's side becomes a download of the browser: asked for, sent in parts, put together, saved.
import { h, button } from "../dom.js";

// The folder as the file browser of JupyterLab or Notebook 7 knows it: the notebook's own folder is in the page's address.
function folderHere(folder) {
  const config = document.getElementById("jupyter-config-data");
  const found = /\/(lab)(?:\/workspaces\/[^/]+)?\/tree\/(.+)$|\/(notebooks)\/(.+)$/.exec(decodeURIComponent(location.pathname));
  if (!config || !found) return null;
  const parts = (found[2] ?? found[4]).split("/").slice(0, -1);
  for (const part of folder.split("/")) {
    if (part === ".." && !parts.length) return null; // outside of what the file browser shows
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const base = JSON.parse(config.textContent).baseUrl ?? "/";
  const path = parts.map(encodeURIComponent).join("/");
  return { path: parts.join("/"), href: `${base}${found[1] ? "lab/tree" : "tree"}/${path}`, inLab: Boolean(found[1]) };
}

function render({ model, el }) {
  let parts = [];
  let asked = false; // another view of the same panel must not save it too
  const save = button("scalev-button scalev-download", "", "", () => {
    asked = true;
    model.send({ kind: "ask" });
  });
  const note = h("span", "scalev-download-note", { role: "status" });
  const folder = h("a", "scalev-folder", { target: "_blank", rel: "noopener" });
  el.append(save, folder, note);

  const update = () => {
    save.textContent = model.get("label");
    save.disabled = !model.get("ready");
    note.textContent = model.get("note");
    const here = model.get("folder") ? folderHere(model.get("folder")) : null;
    folder.hidden = !here;
    if (!here) return;
    folder.textContent = model.get("folder_label");
    folder.href = here.href;
    if (!here.inLab) return;
    folder.dataset.commandlinkerCommand = "filebrowser:go-to-path"; // JupyterLab opens it beside the notebook
    folder.dataset.commandlinkerArgs = JSON.stringify({ path: `/${here.path}` });
  };
  const receive = (message, buffers) => {
    if (message.kind !== "part" || !asked) return;
    if (message.number === 0) parts = [];
    parts.push(...buffers);
    if (message.number + 1 < message.count) return;
    asked = false;
    const address = URL.createObjectURL(new Blob(parts, { type: message.type }));
    parts = [];
    const link = h("a", "", { href: address, download: message.name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  };
  model.on("change:label change:ready change:note change:folder", update);
  model.on("msg:custom", receive);
  update();
  return () => {
    model.off("change:label change:ready change:note change:folder", update);
    model.off("msg:custom", receive);
  };
}

export default { render };
