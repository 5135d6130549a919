// Starts the application.

import { render } from 'preact';
import './style/tokens.css';
import './style/frame.css';
import './style/parts.css';
import './style/list.css';
import './style/pages.css';
import { App } from './app/App';
import { ready, store, synchroniser } from './app/context';
import { takeSetupLink, watchSetupLinks } from './app/arrival';
import { schedule } from './sync/schedule';

// Before anything else: the password leaves the address bar at once.
takeSetupLink();
watchSetupLinks();

void ready.then(() => {
  const host = document.getElementById('app');
  if (host) render(<App />, host);
  schedule(store, synchroniser);
});

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  // Without a trusted certificate browsers refuse it: then the application
  // works, but does not open offline.
  navigator.serviceWorker.register('sw.js').catch((reason: unknown) => console.info('not available offline:', reason));
}
