// Plotly as the kernel's own package holds it: sent once to a page, packed, and shared by all pictures on it.

const PLACE = Symbol.for("scalev.plotly");

async function load(packed) {
  const text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const address = URL.createObjectURL(
    new Blob(["const module = { exports: {} }, define = undefined;\n", text, "\nexport default module.exports;"], { type: "text/javascript" }));
  try {
    return (await import(address)).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function plotly(ask) { // `ask` gives a promise of the packed script
  globalThis[PLACE] ??= ask().then(load).catch((error) => {
    delete globalThis[PLACE];
    throw error;
  });
  return globalThis[PLACE];
}
