// Questions to the kernel, each answered to the view that asked; and blocks of cells, asked for only while they are in view.

const ROWS = 100;
const COLUMNS = 16;
const KEPT = 120;
const AT_ONCE = 12;

// Every view of one model hears every answer, so each question carries the name of the view that asked it.
export function client(model, { told, busy }) {
  const view = Math.random().toString(36).slice(2);
  const waiting = new Map();
  let asked = 0;
  function hear(message) {
    const answer = waiting.get(message.number);
    if (answer) {
      waiting.delete(message.number);
      answer(message);
    } else if (!message.number) told(message);
    busy(waiting.size > 0);
  }
  model.on("msg:custom", hear);
  return {
    ask(action, details = {}) {
      asked += 1;
      const number = `${view}-${asked}`;
      busy(true);
      return new Promise((done) => {
        waiting.set(number, done);
        try {
          model.send({ do: action, number, ...details });
        } catch { // the kernel is gone: no answer comes
        }
      });
    },
    end() { model.off("msg:custom", hear); },
  };
}

// Cells by block of 100 rows and 16 places. One question is under way at a time; what was scrolled past is never asked for.
export class Blocks {
  constructor(ask, { places, arrived }) {
    Object.assign(this, { ask, places, arrived, generation: -1, kept: new Map(), wanted: new Map(), asking: false, planned: false });
  }

  clear(generation) {
    this.generation = generation;
    this.kept.clear();
    this.wanted.clear();
  }

  get waits() { return this.asking || this.planned || this.wanted.size > 0; }

  block(row, place) {
    const key = `${Math.floor(row / ROWS)}:${Math.floor(place / COLUMNS)}`;
    const block = this.kept.get(key);
    if (block) {
      this.kept.delete(key); // the ones seen last are kept longest
      this.kept.set(key, block);
      return block;
    }
    this.wanted.set(key, [Math.floor(row / ROWS), Math.floor(place / COLUMNS)]);
    this.plan();
    return undefined;
  }

  cell(row, place) { // a text, null (missing), or undefined (not here yet)
    return this.block(row, place)?.cells[place % COLUMNS]?.[row % ROWS];
  }

  extra(row, place, what) { // a link or a shade of the cell
    return this.block(row, place)?.[what]?.[place % COLUMNS]?.[row % ROWS];
  }

  forget() { this.wanted.clear(); } // before drawing: what is in view now is asked for anew

  plan() {
    if (this.planned || this.asking) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      this.fetch();
    });
  }

  async fetch() {
    if (this.asking || !this.wanted.size) return;
    this.asking = true;
    const generation = this.generation;
    const all = this.places();
    const blocks = [...this.wanted.values()].slice(-AT_ONCE).map(([row, column]) => ({
      first: row * ROWS,
      count: ROWS,
      places: Array.from({ length: Math.min(COLUMNS, all - column * COLUMNS) }, (_, place) => column * COLUMNS + place),
    }));
    this.wanted.clear();
    const answer = await this.ask("block", { blocks, generation });
    this.asking = false;
    if (answer.kind === "block" && answer.generation === this.generation) {
      for (const block of answer.blocks) {
        this.kept.set(`${block.first / ROWS}:${block.places[0] / COLUMNS}`, block);
        if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      }
    }
    this.arrived();
  }
}
