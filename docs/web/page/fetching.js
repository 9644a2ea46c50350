// Files of the site, fetched once for as long as the page is open, with progress in bytes.

/* global FETCHED -- what esbuild puts in: the name, size and version of each file */

const kept = new Map(); // by name: what was fetched is never asked for again

async function fetchFile({ name, version }, tell) {
  const response = await fetch(new URL(`./${name}?v=${version}`, import.meta.url));
  if (!response.ok) {
    throw new Error(`${name}: the server answered ${response.status}`);
  }
  const parts = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    tell(value.length);
  }
  return new Blob(parts).arrayBuffer();
}

// Returns all files by name; tell(fetched, all) is called as their bytes come in.
export async function fetchFiles(tell) {
  const missing = FETCHED.filter(({ name }) => !kept.has(name));
  const all = missing.reduce((sum, { size }) => sum + size, 0);
  let fetched = 0;
  await Promise.all(
    missing.map(async (file) => {
      const content = await fetchFile(file, (count) => tell((fetched += count), all));
      kept.set(file.name, content);
    }),
  );
  return Object.fromEntries(kept);
}
