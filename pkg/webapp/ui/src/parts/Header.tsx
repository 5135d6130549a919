// The head of every page: the state of everything in one line.

import { links } from '../app/links';
import { useOnline, useProgress } from '../app/hooks';
import { store, synchroniser } from '../app/context';
import { number } from '../app/format';
import type { View } from '../app/view';
import type { Status } from '../data/status';
import { text } from '../text/catalogue';
import { Age, StatusMark } from './Basics';
import { Icon } from './Icon';

export function Header({ view, onMenu, menuOpen }: { view: View; onMenu: () => void; menuOpen: boolean }) {
  return (
    <header class="top" data-status={store.sources.size > 0 ? view.status : undefined}>
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
      <Pill status="ERROR" count={counts.ERROR} words={text.header.errors} />
      <Pill status="WARNING" count={counts.WARNING} words={text.header.warnings} />
      <Pill status="UNKNOWN" count={counts.UNKNOWN} words={text.header.unknown} />
      <Pill status="OK" count={counts.OK} words={counts.OK === promises.length ? text.header.allWell : text.header.ok} />
      {problems.length > 0 && <a class="pill trouble" href={links.sync()}><Icon name="broken" /><Words short={problems.length} long={text.header.problems(problems.length)} /></a>}
    </div>
  );
}

function Pill({ status, count, words }: { status: Status; count: number; words: (n: number) => string }) {
  if (count === 0) return null;
  return <a class={`pill ${status.toLowerCase()}`} href={links.withStatus(status)}><StatusMark status={status} /><Words short={count} long={words(count)} /></a>;
}

/** Words are a number where there is no room; screen readers get them whole. */
function Words({ short, long }: { short: number; long: string }) {
  return <><span class="long">{long}</span><span class="short" aria-hidden="true">{number(short)}</span></>;
}

function SyncState() {
  const progress = useProgress();
  const online = useOnline();
  const last = store.settings.lastSync;
  return (
    <div class="sync-state">
      <a href={links.sync()}>
        {progress ? text.header.syncing(progress.done, progress.total)
          : !online ? text.header.offline
          : last === 0 ? text.header.neverSynced : <>{text.header.synced('')}<Age time={last} ago /></>}
      </a>
      <button type="button" class={`quiet ${progress ? 'turning' : ''}`} aria-label={text.header.syncNow} title={text.header.syncNow} disabled={progress !== undefined} onClick={() => void synchroniser.run()}><Icon name="sync" /></button>
      {progress && <div class="bar" role="progressbar" aria-label={text.sync.running} aria-valuenow={progress.done} aria-valuemin={0} aria-valuemax={progress.total}><i style={{ width: `${(100 * progress.done) / Math.max(1, progress.total)}%` }} /></div>}
    </div>
  );
}
