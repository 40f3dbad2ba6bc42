// Keeps what is the same for everybody; a page about somebody always comes from the city, never from here.
const CACHE = "satu-{{ version }}";
const FILES = {{ files | safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

const offline = async () => {
  const chosen = self.cookieStore ? await self.cookieStore.get("language").catch(() => null) : null;
  const language = chosen && chosen.value === "en" ? "en" : "id";
  const cache = await caches.open(CACHE);
  return (await cache.match(`/luring/${language}/`)) || Response.error();
};

// Back to what a form was answered with: nobody keeps that, and nothing is sent twice. The page of the form is opened.
const opened = (url) =>
  new Response(`<!DOCTYPE html><title>Satu</title><meta http-equiv="refresh" content="0; url=${url}">`, {
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  const again = request.mode === "navigate" && request.method !== "GET" && request.isHistoryNavigation;
  if (again) event.respondWith(opened(request.url));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(offline));
  else if (request.method === "HEAD") event.respondWith(fetch(request)); // a page asks whether the city is reached from here
  else if (request.method === "GET" && FILES.includes(pathname)) {
    event.respondWith(caches.open(CACHE).then((cache) => cache.match(request)).then((kept) => kept || fetch(request)));
  }
});
