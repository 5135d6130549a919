// The head of every page: the state of everything in one line.

import { links } from '../app/links';
import { useProgress } from '../app/hooks';
import { store, synchroniser } from '../app/context';
import type { View } from '../app/view';
import { text } from '../text/catalogue';
import { Age, StatusMark } from './Basics';
import { Icon } from './Icon';

export function Header({ view, onMenu, menuOpen }: { view: View; onMenu: () => void; menuOpen: boolean }) {
  return (
    <header class="top">
      <button type="button" class="menu-button" aria-label={text.menu} aria-expanded={menuOpen} aria-controls="panel" onClick={onMenu}><Icon name={menuOpen ? 'close' : 'menu'} /></button>
      <a class="brand" href={links.promises()} aria-label={text.app}><img src="icon.svg" alt="" width="24" height="24" /><span>{text.app}</span></a>
      <GlobalStatus view={view} />
      <SyncState />
    </header>
  );
}

/** GlobalStatus is one colour, and counts that lead to what they count. */
function GlobalStatus({ view }: { view: View }) {
  const { counts, promises, status, problems } = view;
  if (store.sources.size === 0) return <div class="global" />;
  return (
    <div class={`global ${status.toLowerCase()}`} role="group" aria-label={text.header.status}>
      {counts.ERROR > 0 && <a class="pill error" href={links.withStatus('ERROR')}><StatusMark status="ERROR" />{text.header.errors(counts.ERROR)}</a>}
      {counts.WARNING > 0 && <a class="pill warning" href={links.withStatus('WARNING')}><StatusMark status="WARNING" />{text.header.warnings(counts.WARNING)}</a>}
      {counts.UNKNOWN > 0 && <a class="pill unknown" href={links.withStatus('UNKNOWN')}><StatusMark status="UNKNOWN" />{text.header.unknown(counts.UNKNOWN)}</a>}
      {counts.OK > 0 && (
        <a class="pill ok" href={links.withStatus('OK')}><StatusMark status="OK" />{counts.OK === promises.length ? text.header.allWell(counts.OK) : text.header.ok(counts.OK)}</a>
      )}
      {problems.length > 0 && <a class="pill problems" href={links.sync()}><StatusMark status="WARNING" />{text.header.problems(problems.length)}</a>}
    </div>
  );
}

function SyncState() {
  const progress = useProgress();
  const last = store.settings.lastSync;
  return (
    <div class="sync-state">
      <a href={links.sync()}>
        {progress ? text.header.syncing(progress.done, progress.total)
          : !navigator.onLine ? text.header.offline
          : last === 0 ? text.header.neverSynced : <>{text.header.synced('')}<Age time={last} ago /></>}
      </a>
      <button type="button" class={`quiet ${progress ? 'turning' : ''}`} aria-label={text.header.syncNow} title={text.header.syncNow} disabled={progress !== undefined} onClick={() => void synchroniser.run()}><Icon name="sync" /></button>
      {progress && <div class="bar" role="progressbar" aria-label={text.sync.running} aria-valuenow={progress.done} aria-valuemin={0} aria-valuemax={progress.total}><i style={{ width: `${(100 * progress.done) / Math.max(1, progress.total)}%` }} /></div>}
    </div>
  );
}
