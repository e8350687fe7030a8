// Questions to the kernel, each answered to the view that asked; and blocks of cells, asked for while they are in view or near.

const ROWS = 100;
const KEPT = 2000;
const AT_ONCE = 12;

// Every view of one model hears every answer, so each question carries the name of the view that asked it.
export function client(model, { told, busy, left }) {
  const view = Math.random().toString(36).slice(2);
  const waiting = new Map();
  let asked = 0;
  const tell = () => busy([...waiting.values()].some(({ quiet }) => !quiet));
  function hear(message) {
    const asker = waiting.get(message.number);
    if (asker) {
      waiting.delete(message.number);
      asker.done(message);
    } else if (!message.number) told(message);
    tell();
  }
  model.on("msg:custom", hear);
  model.on("comm_live_update", left); // a view is drawn when it is connected: the next change is the loss
  return {
    ask(action, details = {}, quiet = false) { // nobody waits for the answer to a quiet question
      asked += 1;
      const number = `${view}-${asked}`;
      return new Promise((done) => {
        waiting.set(number, { done, quiet });
        tell();
        try {
          model.send({ do: action, number, ...details });
        } catch { // the kernel is gone: no answer comes
          left();
        }
      });
    },
    end() {
      model.off("msg:custom", hear);
      model.off("comm_live_update", left);
    },
  };
}

// Cells by block of 100 rows of one column. One question is under way at a time; what was scrolled past is never asked for.
export class Blocks {
  constructor(ask, arrived) {
    Object.assign(this, { ask, arrived, generation: -1, kept: new Map(), wanted: new Map(), near: new Map(), asking: false, planned: false });
  }

  clear(generation) {
    this.generation = generation;
    this.kept.clear();
    this.forget();
  }

  get waits() { return this.wanted.size > 0; }

  block(row, place) {
    const first = row - (row % ROWS), key = `${first}:${place}`, block = this.kept.get(key);
    if (!block) {
      note(this.wanted, first, place);
      this.plan();
      return undefined;
    }
    this.kept.delete(key); // the ones seen last are kept longest
    this.kept.set(key, block);
    return block;
  }

  cell(row, place) { // a text, null (missing), or undefined (not here yet)
    return this.block(row, place)?.cells[row % ROWS];
  }

  extra(row, place, what) { // a link or a shade of the cell
    return this.block(row, place)?.[what]?.[row % ROWS];
  }

  number(row, place) { return this.block(row, place)?.rows[row % ROWS] ?? row + 1; } // of a total its kind

  forget() { // before drawing: what is in view now is asked for anew
    this.wanted.clear();
    this.near.clear();
  }

  ahead(rows, places) { // asked for once nothing in view is missing
    for (const row of rows) for (const place of places) {
      const first = row - (row % ROWS);
      if (!this.kept.has(`${first}:${place}`)) note(this.near, first, place);
    }
    if (this.near.size) this.plan();
  }

  plan() {
    if (this.planned || this.asking) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      this.fetch();
    });
  }

  async fetch() {
    const ahead = !this.wanted.size, asked = ahead ? this.near : this.wanted;
    if (this.asking || !asked.size) return;
    this.asking = true;
    const blocks = [...asked].slice(-AT_ONCE).map(([first, places]) => ({ first, count: ROWS, places: [...places] }));
    const answer = await this.ask({ blocks, generation: this.generation }, ahead);
    this.asking = false;
    if (answer.kind === "block" && answer.generation === this.generation) for (const block of answer.blocks) this.keep(block);
    this.arrived();
  }

  keep({ first, places, cells, links, shades, rows }) {
    places.forEach((place, at) => this.kept.set(`${first}:${place}`, { cells: cells[at], links: links[at], shades: shades[at], rows }));
    for (const key of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(key);
    }
  }
}

function note(wanted, first, place) {
  if (!wanted.has(first)) wanted.set(first, new Set());
  wanted.get(first).add(place);
}
