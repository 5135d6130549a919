// Addresses of a monitor's documents.

/** join adds segments to an address, each encoded, with exactly one slash
 * between them: some servers answer double ones with a redirect, which the
 * browser does not follow after a preflight. */
export function join(folder: string, ...segments: string[]): string {
  const tail = segments.filter((s) => s !== '').map((s) => encodeURIComponent(s)).join('/');
  return folder.replace(/\/+$/, '') + '/' + tail;
}

/** baseOf is the address of the monitor that publishes a feed. */
export function baseOf(feed: string): string {
  const address = feed.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const base = address.replace(/\/+(share\/+)?public\/+feed$/, '');
  return base === address ? address.replace(/\/+[^/]*feed$/, '') : base;
}

/** hostOf is what a person calls a monitor that has no name. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}
