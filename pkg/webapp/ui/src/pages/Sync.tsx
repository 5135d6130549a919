// Synchronisation: when it was, how it goes, and every problem it had.

import type { PageProps } from '../app/App';
import { store, synchroniser } from '../app/context';
import { useOnline, useProgress } from '../app/hooks';
import { Card, Facts, Notice, When } from '../parts/Basics';
import { SubscriptionProblems } from '../parts/Problems';
import { text } from '../text/catalogue';

const words = text.sync;

export function SyncPage({ view }: PageProps) {
  const progress = useProgress();
  const online = useOnline();
  const { lastSync, interval } = store.settings;
  const read = view.instances.filter((i) => i.problems.length === 0).length;
  return (
    <div class="page">
      <header class="page-head"><h1>{words.title}</h1>
        <p class="actions"><button type="button" class="primary" disabled={progress !== undefined} onClick={() => void synchroniser.run()}>{words.now}</button></p>
      </header>
      {!online && <Notice kind="warning">{words.offline}</Notice>}
      <Card title={words.last}>
        <Facts facts={[
          [words.last, progress ? text.header.syncing(progress.done, progress.total) : lastSync === 0 ? text.header.neverSynced : <When time={lastSync} />],
          [words.next, text.configurations.every(interval)],
          [words.instances, `${read} / ${view.instances.length}`],
        ]} />
        {progress && <progress value={progress.done} max={Math.max(1, progress.total)} aria-label={words.running} />}
      </Card>
      <Card title={words.problems}>
        {view.problems.length === 0 ? <p class="faint">{words.noProblems}</p> : view.subscriptions.map((s) => <SubscriptionProblems key={s.source.url} row={s} />)}
      </Card>
    </div>
  );
}
