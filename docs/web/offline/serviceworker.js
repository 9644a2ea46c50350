// The site without a network: each file is kept once, under the hash of what is in it.
//
// The pages, and what they show, are fetched at the first visit; Python when it is first used. A
// newer site is another list of hashes: what changed is fetched, and served once a reader asks for it.

/* global FILES -- by path, the hash of each file, and of those for later: written here by the build */

const CACHE = "micrograd_nn-book";
const AT_ONCE = 8; // files that are fetched side by side

// Returns what a file is kept under, undefined for what isn't a file of the site.
function findKey(path) {
  const name = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  const [hash] = FILES[name] ?? [];
  return hash && new URL(`${name}?kept=${hash}`, self.registration.scope).href;
}

async function keep(cache, path) {
  const key = findKey(path);
  if (!(await cache.match(key))) {
    const response = await fetch(new URL(path, self.registration.scope), { cache: "no-cache" });
    if (response.ok) {
      await cache.put(key, response);
    }
  }
}

async function install() {
  const cache = await caches.open(CACHE);
  const waiting = Object.keys(FILES).filter((path) => !FILES[path][1]);
  const fetchSome = async () => {
    while (waiting.length > 0) {
      await keep(cache, waiting.pop());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
}

// Forgets what an older site had.
async function activate() {
  const cache = await caches.open(CACHE);
  const keys = new Set(Object.keys(FILES).map(findKey));
  for (const { url } of await cache.keys()) {
    if (!keys.has(url)) {
      await cache.delete(url);
    }
  }
  await self.clients.claim();
}

async function answer(request, path, key) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept) {
    return kept;
  }
  await keep(cache, path).catch(() => null); // no network, or no room
  return (await cache.match(key)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => data === "newer" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const scope = new URL(self.registration.scope);
  if (request.method === "GET" && origin === scope.origin && pathname.startsWith(scope.pathname)) {
    const path = decodeURI(pathname.slice(scope.pathname.length));
    const key = findKey(path);
    if (key) {
      event.respondWith(answer(request, path, key));
    }
  }
});
