// Saves a private file: a plain link to it could not carry the password.

import { encode } from '../data/transfer';
import { failureOfStatus } from './failure';
import type { Monitor } from './monitor';

export async function download(monitor: Monitor, address: string, name: string): Promise<void> {
  const { username, password } = monitor.credentials;
  const response = await fetch(address, {
    headers: { Authorization: 'Basic ' + encode(`${username}:${password}`) }, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
  });
  if (!response.ok) throw failureOfStatus(address, response.status, '');
  save(await response.blob(), name);
}

/** save hands content to the browser as a file. */
export function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
