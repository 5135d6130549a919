// The service worker: keeps the application's own files, so that it opens
// without a network. It touches no request to a monitor: those documents are
// kept in IndexedDB, where the password that gave them is not part of a cache.

declare const self: ServiceWorkerGlobalScope;

// Both are filled in by the build (vite.config.ts).
const FILES = '__SHELL_FILES__' as unknown as string[];
const CACHE = 'shell-__SHELL_VERSION__';

// Servers vary the same bytes by origin and coding; here they are one file.
const MATCH: CacheQueryOptions = { ignoreVary: true, ignoreSearch: true };

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith('shell-') && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const scope = new URL(self.registration.scope);
  if (event.request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const page = event.request.mode === 'navigate';
  event.respondWith(page ? newest(event.request) : kept(event.request));
});

/** newest asks for the page, so that a new version is seen at once, and falls
 * back to the one that is kept, together with its files. */
async function newest(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(4000) });
    if (response.ok) return response;
  } catch {
    // no network, or too slow
  }
  return (await caches.match(self.registration.scope, MATCH)) ?? Response.error();
}

/** kept: a file's name changes with its content, so a kept one is right. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request, MATCH)) ?? fetch(request);
}

export {};
