// Why: shows the rows that Python sends and says what the person did; knows no frame, no word of any language, no address.
// Every text goes in as textContent. One `state` holds what Python sent last; `draw*` functions make the page from it.

const COUNTED = new Intl.NumberFormat("en");
const TYPING_PAUSE = 250;
const OWN_COMMANDS = new Set(["a", "c", " ", "home", "end"]); // with Ctrl; all others, such as Ctrl+S, are the page's

function element(name, classes = "", properties = {}, ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function render({ model, el }) {
  let state = null;
  let asked = 0;
  let answered = 0;
  let typing = 0; // pauses of somebody typing that have not ended
  let cursor = { row: 0, column: 0 }; // row -1 is the heading; columns as shown
  let anchor = null; // where a selection began: row of the view, column as shown
  let selection = null;
  let conditionsShown = false;

  const root = element("div", "scalev-table", { "data-state": "waiting" });
  const search = element("input", "scalev-table-search", { type: "search", spellcheck: false, autocomplete: "off" });
  const conditionsButton = element("button", "scalev-table-conditions", { type: "button", "aria-pressed": "false" });
  const columnsButton = element("button", "scalev-table-columns", { type: "button", "aria-expanded": "false" });
  const copyButton = element("button", "scalev-table-copy", { type: "button" });
  const clearButton = element("button", "scalev-table-clear", { type: "button", hidden: true });
  const pages = element("div", "scalev-table-pages");
  const [first, previous, next, last] = ["first", "previous", "next", "last"].map((name) =>
    element("button", `scalev-table-${name}`, { type: "button" }));
  const range = element("span", "scalev-table-range");
  pages.append(first, previous, range, next, last);
  const bar = element("div", "scalev-table-bar", {}, search, conditionsButton, columnsButton, copyButton, clearButton, pages);
  const chooser = element("div", "scalev-table-chooser", { hidden: true, role: "group" });
  const widths = element("colgroup");
  const head = element("thead");
  const body = element("tbody");
  const grid = element("table", "", { role: "grid", "aria-multiselectable": "true" }, widths, head, body);
  const scroller = element("div", "scalev-table-scroller", {}, grid);
  const empty = element("p", "scalev-table-empty", { hidden: true });
  const counts = element("span", "scalev-table-counts");
  const note = element("span", "scalev-table-note");
  const sums = element("span", "scalev-table-sums");
  const status = element("div", "scalev-table-status", { role: "status" }, counts, note, sums);
  root.append(bar, chooser, scroller, empty, status);
  el.append(root);

  // Asking and hearing ------------------------------------------------------------------------------------------------

  function ask(action, details = {}) {
    asked += 1;
    root.dataset.state = "busy";
    model.send({ do: action, number: asked, ...details });
  }

  function later(work) { // once the typing pauses; from the first letter on the table is not up to date
    let timer = null;
    return (...given) => {
      if (timer) clearTimeout(timer);
      else typing += 1;
      root.dataset.state = "busy";
      timer = setTimeout(() => {
        timer = null;
        typing -= 1;
        work(...given);
      }, TYPING_PAUSE);
    };
  }

  function hear(message) {
    if (message.number) answered = Math.max(answered, message.number);
    if (message.kind === "page") showPage(message);
    if (message.kind === "totals") showSelection(message);
    if (message.kind === "copy") putOnClipboard(message);
    if (message.kind === "error") showError(message);
    if (answered === asked && !typing) root.dataset.state = "ready"; // written last: everything is shown by now
  }

  function showPage(message) {
    const before = state;
    state = message;
    note.textContent = "";
    const columns = shownColumns();
    cursor = { row: Math.min(cursor.row, message.rows - 1), column: Math.max(0, Math.min(cursor.column, columns.length - 1)) };
    if (!before || before.columns.length !== message.columns.length) conditionsShown = columns.some((one) => one.condition);
    drawBar();
    const hadFocus = grid.contains(document.activeElement);
    const input = hadFocus && document.activeElement.tagName === "INPUT" ? document.activeElement : null;
    const scrolled = [scroller.scrollLeft, before && before.page === message.page ? scroller.scrollTop : 0];
    drawGrid(columns);
    [scroller.scrollLeft, scroller.scrollTop] = scrolled;
    if (input) refocusCondition(input.dataset.place, input.value);
    else if (hadFocus) focusCursor();
    showSelection(message);
    root.dataset.found = message.found;
    root.dataset.page = message.page;
  }

  function showSelection(message) {
    selection = message.selection;
    if (!selection) anchor = null;
    sums.replaceChildren(...message.totals.map(([name, value]) =>
      element("span", "scalev-table-sum", {}, `${name}: `, element("strong", "", { textContent: value }))));
    markSelection();
  }

  function showError(message) {
    note.textContent = message.text;
    const input = head.querySelector(`input[data-place="${message.column}"]`);
    if (input) input.setAttribute("aria-invalid", "true");
  }

  // Drawing -----------------------------------------------------------------------------------------------------------

  function shownColumns() {
    return state.chosen.map((place) => state.columns[place]);
  }

  function drawBar() {
    const words = state.labels;
    const number = (value) => (words.lang === "id" ? COUNTED.format(value).replaceAll(",", ".") : COUNTED.format(value));
    search.placeholder = words.search;
    search.setAttribute("aria-label", words.search);
    if (document.activeElement !== search) search.value = state.search;
    conditionsButton.textContent = words.filter;
    conditionsButton.title = words.filter_hint;
    conditionsButton.setAttribute("aria-pressed", String(conditionsShown));
    const some = state.chosen.length < state.columns.length;
    const of = filled(words.columns_of, { shown: state.chosen.length, all: state.columns.length });
    columnsButton.textContent = some ? `${words.columns} (${of})` : words.columns;
    copyButton.textContent = words.copy;
    copyButton.title = words.copy_hint;
    clearButton.textContent = words.clear;
    clearButton.hidden = !state.search && !state.columns.some((one) => one.condition);
    for (const [button, sign, name] of [[first, "«", "first_page"], [previous, "‹", "previous_page"], [next, "›", "next_page"], [last, "»", "last_page"]]) {
      button.textContent = sign;
      button.title = words[name];
      button.setAttribute("aria-label", words[name]);
    }
    first.disabled = previous.disabled = state.page === 0;
    next.disabled = last.disabled = state.page >= state.pages - 1;
    range.textContent = state.rows
      ? filled(words.rows, { first: number(state.first + 1), last: number(state.first + state.rows), found: number(state.found) })
      : words.no_rows;
    counts.textContent = state.found === state.all
      ? filled(words.all_rows, { all: number(state.all) })
      : filled(words.found, { found: number(state.found), all: number(state.all) });
    grid.setAttribute("aria-label", words.table);
    grid.setAttribute("aria-rowcount", String(state.found + 1));
    grid.setAttribute("aria-colcount", String(state.chosen.length + 1));
    empty.textContent = !state.chosen.length ? words.no_columns : state.all ? words.none_found : words.no_rows;
    empty.hidden = state.rows > 0 && state.chosen.length > 0;
    if (!chooser.hidden) markChosen();
  }

  function drawGrid(columns) {
    const digits = String(state.first + state.rows).length;
    widths.replaceChildren(element("col", "", { style: `width:${digits * 8 + 22}px` }),
      ...columns.map((one) => element("col", "", { style: `width:${one.width}px` })));
    setGridWidth();
    const corner = element("th", "scalev-table-corner", { "aria-label": state.labels.row },
      element("button", "", { type: "button", tabIndex: -1, title: state.labels.select_all, "aria-label": state.labels.select_all }));
    head.replaceChildren(element("tr", "", { "aria-rowindex": "1" }, corner, ...columns.map(heading)));
    if (conditionsShown) head.append(element("tr", "scalev-table-wanted", {}, element("td"), ...columns.map(conditionCell)));
    body.replaceChildren(...Array.from({ length: state.rows }, (_, row) => bodyRow(columns, row)));
    const current = cellAt(cursor);
    if (current) current.tabIndex = 0;
  }

  function heading(column, index) {
    const words = state.labels;
    const name = element("span", "scalev-table-name", { textContent: column.name });
    const kind = element("button", "scalev-table-kind", {
      type: "button", tabIndex: -1, textContent: column.kind, title: `${column.dtype}: ${filled(words.select_column, { name: column.name })}`,
      "aria-label": filled(words.select_column, { name: column.name }),
    });
    const grip = element("span", "scalev-table-grip", { title: words.resize, "aria-hidden": "true" });
    const made = element("th", column.numeric ? "scalev-table-numeric" : "", {
      scope: "col", tabIndex: -1, "aria-sort": column.sort, "aria-colindex": String(index + 2), title: filled(words.sort_hint, { name: column.name }),
    }, name, kind, grip);
    made.dataset.column = column.name;
    made.dataset.place = column.place;
    return made;
  }

  function conditionCell(column) {
    const input = element("input", "", {
      type: "text", value: column.condition, spellcheck: false, autocomplete: "off", title: state.labels.filter_hint,
      "aria-label": filled(state.labels.filter_column, { name: column.name }),
    });
    input.dataset.place = column.place;
    return element("td", "", {}, input);
  }

  function bodyRow(columns, row) {
    const number = element("th", "scalev-table-number", { scope: "row", textContent: String(state.first + row + 1) });
    const made = element("tr", "", { "aria-rowindex": String(state.first + row + 2) }, number);
    columns.forEach((column, index) => {
      const text = state.cells[index][row];
      const cell = element("td", column.numeric ? "scalev-table-numeric" : "", { tabIndex: -1, "aria-colindex": String(index + 2) });
      if (text === null) {
        cell.classList.add("scalev-table-missing");
        cell.setAttribute("aria-label", state.labels.missing_cell);
        cell.textContent = "·";
      } else {
        cell.textContent = text;
        if (text.length > 12) cell.title = text;
      }
      made.append(cell);
    });
    return made;
  }

  function setGridWidth() {
    const total = [...widths.children].reduce((sum, one) => sum + parseFloat(one.style.width), 0);
    grid.style.width = `${total}px`;
  }

  function markSelection() {
    if (!state) return;
    const [top, left, bottom, right] = selection || [0, 0, -1, -1];
    [...body.rows].forEach((line, row) => {
      const inRows = state.first + row >= top && state.first + row <= bottom;
      for (let index = 1; index < line.cells.length; index += 1) {
        line.cells[index].setAttribute("aria-selected", String(inRows && index - 1 >= left && index - 1 <= right));
      }
    });
  }

  // The column chooser --------------------------------------------------------------------------------------------------

  function drawChooser() {
    const words = state.labels;
    const find = element("input", "", { type: "search", placeholder: words.find_column, "aria-label": words.find_column });
    const all = element("button", "scalev-table-all", { type: "button", textContent: words.show_all });
    const none = element("button", "scalev-table-none", { type: "button", textContent: words.show_none });
    const list = element("div", "scalev-table-choices");
    for (const column of state.columns) {
      const box = element("input", "", { type: "checkbox" });
      box.dataset.place = column.place;
      list.append(element("label", "", {}, box, element("span", "", { textContent: column.name }),
        element("small", "", { textContent: column.kind })));
    }
    const visible = () => [...list.children].filter((one) => !one.hidden).map((one) => Number(one.firstChild.dataset.place));
    find.addEventListener("input", () => {
      const wanted = find.value.toLowerCase();
      for (const one of list.children) one.hidden = !one.children[1].textContent.toLowerCase().includes(wanted);
    });
    all.addEventListener("click", () => ask("columns", { chosen: [...new Set([...state.chosen, ...visible()])] }));
    none.addEventListener("click", () => {
      const gone = new Set(visible());
      ask("columns", { chosen: state.chosen.filter((place) => !gone.has(place)) });
    });
    list.addEventListener("change", () => {
      const boxes = [...list.querySelectorAll("input")].filter((one) => one.checked);
      ask("columns", { chosen: boxes.map((one) => Number(one.dataset.place)) });
    });
    chooser.setAttribute("aria-label", words.columns);
    chooser.replaceChildren(element("div", "scalev-table-choices-bar", {}, find, all, none), list);
    markChosen();
    find.focus();
  }

  function markChosen() {
    const chosen = new Set(state.chosen);
    for (const box of chooser.querySelectorAll("input[type=checkbox]")) box.checked = chosen.has(Number(box.dataset.place));
  }

  function openChooser(open) {
    chooser.hidden = !open;
    columnsButton.setAttribute("aria-expanded", String(open));
    if (open) drawChooser();
  }

  // Moving and selecting ------------------------------------------------------------------------------------------------

  function cellAt({ row, column }) {
    return row < 0 ? head.rows[0]?.cells[column + 1] : body.rows[row]?.cells[column + 1];
  }

  function focusCursor() {
    for (const one of grid.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    const current = cellAt(cursor);
    if (!current) return;
    current.tabIndex = 0;
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function place(target) {
    const cell = target.closest("td, th");
    const line = cell?.parentElement;
    if (!cell || !line || line.classList.contains("scalev-table-wanted")) return null;
    return { row: line.parentElement === head ? -1 : line.sectionRowIndex, column: cell.cellIndex - 1, cell };
  }

  function select(cells) {
    selection = cells;
    markSelection();
    ask("select", { cells });
  }

  function selectTo(row, column, extend) {
    const here = [state.first + row, column];
    if (!extend || !anchor) anchor = here;
    select(ordered(anchor, here));
  }

  function ordered(one, other) {
    return [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[0], other[0]), Math.max(one[1], other[1])];
  }

  function selectColumn(column) {
    anchor = [0, column];
    select([0, column, state.found - 1, column]);
  }

  function selectRow(row, extend) {
    const here = state.first + row;
    const from = extend && anchor ? anchor[0] : here;
    anchor = [from, 0];
    select([Math.min(from, here), 0, Math.max(from, here), state.chosen.length - 1]);
  }

  function selectAll() {
    anchor = [0, 0];
    select([0, 0, state.found - 1, state.chosen.length - 1]);
  }

  function turnTo(page, row) {
    if (page < 0 || page >= state.pages || page === state.page) return;
    cursor.row = row;
    ask("page", { page });
  }

  function move(rows, columns, extend) {
    const row = cursor.row + rows;
    cursor.column = Math.max(0, Math.min(cursor.column + columns, state.chosen.length - 1));
    if (rows > 0 && row >= state.rows) return turnTo(state.page + 1, 0);
    if (rows < 0 && row < -1 && state.page > 0) return turnTo(state.page - 1, Infinity);
    cursor.row = Math.max(-1, Math.min(row, state.rows - 1));
    focusCursor();
    if (cursor.row >= 0) selectTo(cursor.row, cursor.column, extend); // as in a spreadsheet, the selection goes along
  }

  function changeWidth(column, pixels) {
    const width = Math.max(36, Math.round(pixels));
    widths.children[column + 1].style.width = `${width}px`;
    setGridWidth();
    return width;
  }

  function sortBy(index, add) {
    ask("sort", { column: shownColumns()[index].place, add });
  }

  const KEYS = {
    ArrowDown: (event) => move(1, 0, event.shiftKey),
    ArrowUp: (event) => move(-1, 0, event.shiftKey),
    ArrowRight: (event) => (event.altKey && cursor.row < 0 ? widen(12) : move(0, 1, event.shiftKey)),
    ArrowLeft: (event) => (event.altKey && cursor.row < 0 ? widen(-12) : move(0, -1, event.shiftKey)),
    Home: (event) => move(event.ctrlKey ? -cursor.row : 0, -Infinity, event.shiftKey),
    End: (event) => move(event.ctrlKey ? state.rows - 1 - cursor.row : 0, Infinity, event.shiftKey),
    PageDown: () => turnTo(state.page + 1, cursor.row),
    PageUp: () => turnTo(state.page - 1, cursor.row),
    Enter: (event) => (cursor.row < 0 ? sortBy(cursor.column, event.shiftKey) : selectTo(cursor.row, cursor.column, event.shiftKey)),
    " ": (event) => {
      if (event.ctrlKey) selectColumn(cursor.column);
      else if (cursor.row < 0) sortBy(cursor.column, event.shiftKey);
      else if (event.shiftKey) selectRow(cursor.row, false);
      else selectTo(cursor.row, cursor.column, false);
    },
    Escape: () => select(null),
  };

  function widen(by) {
    const column = shownColumns()[cursor.column];
    column.width = changeWidth(cursor.column, column.width + by);
    ask("width", { column: column.place, pixels: column.width });
  }

  // Copying -------------------------------------------------------------------------------------------------------------

  function copy() {
    if (!selection) {
      note.textContent = state.labels.nothing_selected;
      return;
    }
    const wholeColumns = selection[0] === 0 && selection[2] === state.found - 1;
    ask("copy", { headings: wholeColumns });
  }

  async function putOnClipboard(message) {
    const done = filled(state.labels.copied, { cells: COUNTED.format(message.cells) });
    try {
      const item = new ClipboardItem({
        "text/plain": new Blob([message.text], { type: "text/plain" }),
        "text/html": new Blob([message.html], { type: "text/html" }),
      });
      await navigator.clipboard.write([item]);
      note.textContent = done;
    } catch { // no secure page, or not allowed: the older way
      note.textContent = copyTheOldWay(message) ? done : state.labels.copy_failed;
    }
    root.dataset.copied = String(message.cells);
  }

  function copyTheOldWay(message) {
    const put = (event) => {
      event.clipboardData.setData("text/plain", message.text);
      event.clipboardData.setData("text/html", message.html);
      event.preventDefault();
    };
    document.addEventListener("copy", put, { once: true });
    const worked = document.execCommand("copy");
    document.removeEventListener("copy", put);
    return worked;
  }

  // What the person does --------------------------------------------------------------------------------------------------

  search.addEventListener("input", later(() => ask("search", { text: search.value })));
  conditionsButton.addEventListener("click", () => {
    conditionsShown = !conditionsShown;
    conditionsButton.setAttribute("aria-pressed", String(conditionsShown));
    drawGrid(shownColumns());
    markSelection();
    if (conditionsShown) head.querySelector("input")?.focus();
  });
  columnsButton.addEventListener("click", () => openChooser(chooser.hidden));
  chooser.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openChooser(false);
    columnsButton.focus();
  });
  copyButton.addEventListener("click", copy);
  clearButton.addEventListener("click", () => {
    search.value = "";
    ask("clear");
  });
  first.addEventListener("click", () => turnTo(0, 0));
  previous.addEventListener("click", () => turnTo(state.page - 1, 0));
  next.addEventListener("click", () => turnTo(state.page + 1, 0));
  last.addEventListener("click", () => turnTo(state.pages - 1, 0));

  const conditionTyped = later((input) => ask("condition", { column: Number(input.dataset.place), text: input.value }));
  head.addEventListener("input", (event) => {
    event.target.removeAttribute("aria-invalid");
    conditionTyped(event.target);
  });

  function refocusCondition(which, typed) { // what was typed while Python worked stays
    const input = head.querySelector(`input[data-place="${which}"]`);
    if (!input) return;
    input.value = typed;
    input.focus();
    input.setSelectionRange(typed.length, typed.length);
  }

  head.addEventListener("click", (event) => {
    const where = place(event.target);
    if (!where || event.target.closest(".scalev-table-grip")) return;
    if (where.column < 0) return selectAll();
    cursor = { row: -1, column: where.column };
    focusCursor();
    if (event.target.closest(".scalev-table-kind")) selectColumn(where.column);
    else sortBy(where.column, event.shiftKey);
  });

  head.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".scalev-table-grip")) return;
    event.preventDefault();
    const column = place(event.target).column;
    const begun = event.clientX;
    const before = parseFloat(widths.children[column + 1].style.width);
    let width = before;
    const drag = (moved) => { width = changeWidth(column, before + moved.clientX - begun); };
    const drop = () => {
      document.removeEventListener("pointermove", drag);
      shownColumns()[column].width = width;
      ask("width", { column: shownColumns()[column].place, pixels: width });
    };
    document.addEventListener("pointermove", drag);
    document.addEventListener("pointerup", drop, { once: true });
  });

  body.addEventListener("pointerdown", (event) => {
    const where = place(event.target);
    if (!where || event.button !== 0) return;
    event.preventDefault();
    if (where.column < 0) {
      cursor = { row: where.row, column: 0 };
      focusCursor();
      return selectRow(where.row, event.shiftKey);
    }
    cursor = { row: where.row, column: where.column };
    focusCursor();
    if (!event.shiftKey || !anchor) anchor = [state.first + where.row, where.column];
    const from = anchor;
    const drag = (moved) => {
      const over = place(moved.target);
      if (!over || over.row < 0 || over.column < 0 || !body.contains(moved.target)) return;
      cursor = { row: over.row, column: over.column };
      selection = ordered(from, [state.first + over.row, over.column]);
      markSelection();
    };
    drag(event);
    const drop = () => {
      body.removeEventListener("pointerover", drag);
      focusCursor();
      select(selection);
    };
    body.addEventListener("pointerover", drag);
    document.addEventListener("pointerup", drop, { once: true });
  });

  grid.addEventListener("keydown", (event) => {
    if (!state || event.target.tagName === "INPUT") return;
    const command = event.ctrlKey || event.metaKey;
    const action = command && event.key.toLowerCase() === "a" ? selectAll
      : command && event.key.toLowerCase() === "c" ? copy
      : KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  });

  function keepFromJupyter(event) { // it listens on the document, first, and looks for this mark on the focused element
    if (!root.contains(event.target)) return;
    const command = event.ctrlKey || event.metaKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !command || OWN_COMMANDS.has(event.key.toLowerCase()));
  }

  window.addEventListener("keydown", keepFromJupyter, true);
  model.on("msg:custom", hear);
  ask("show");
  return () => {
    window.removeEventListener("keydown", keepFromJupyter, true);
    model.off("msg:custom", hear);
  };
}

export default { render };
