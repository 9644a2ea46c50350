// The files that Python begins with: fetched once for as long as the page is open.

/* global FETCHED -- the name, size and version of each file: written here by the bundler */

// What changes with any of the files.
export const VERSION = FETCHED.map(({ version }) => version).join("-");

const kept = new Map(); // by name: the bytes, once they come

async function fetchFile({ name, version }, tell) {
  const response = await fetch(new URL(`./${name}?v=${version}`, import.meta.url)).catch(() => {
    throw new Error(`${name} can't be had: is there a network?`);
  });
  if (!response.ok) {
    throw new Error(`${name} can't be had: ${response.status} ${response.statusText}`);
  }
  const parts = [];
  for await (const part of readParts(response.body.getReader())) {
    parts.push(part);
    tell(part.length);
  }
  return new Blob(parts).arrayBuffer();
}

async function* readParts(reader) {
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    yield part.value;
  }
}

// Returns a size as it is told while files come.
export function toMega(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

// Returns all files by name; tell(done, all) is called as their bytes come.
export async function fetchFiles(tell) {
  const missing = FETCHED.filter(({ name }) => !kept.has(name));
  const all = missing.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const file of missing) {
    const bytes = fetchFile(file, (count) => tell((done += count), all));
    kept.set(file.name, bytes);
    bytes.catch(() => kept.delete(file.name)); // the next Run tries again
  }
  const files = {};
  for (const [name, bytes] of kept) {
    files[name] = await bytes;
  }
  return files;
}
