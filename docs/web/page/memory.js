// The memory of Python once it has begun, kept by the browser: the next page goes on from there, in a tenth of the
// time. It is kept for one version of all files; where a browser keeps nothing, Python begins each time.

const CACHE = "micrograd_nn-python";

function name(version) {
  return `https://page.invalid/memory?v=${version}`;
}

// Returns the memory that is kept for these files, as bytes; null where there is none.
export async function readMemory(version) {
  try {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(name(version));
    return kept ? new Uint8Array(await kept.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

// Keeps the memory in the place of any other.
export async function keepMemory(version, bytes) {
  try {
    await caches.delete(CACHE);
    const cache = await caches.open(CACHE);
    await cache.put(name(version), new Response(bytes));
  } catch {
    // no room, or a browser that keeps nothing
  }
}
