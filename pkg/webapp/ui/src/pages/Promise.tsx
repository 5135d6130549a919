// One promise: what it says, since when, and what it said before.

import { useMemo, useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { dateTime } from '../app/format';
import { useDocument } from '../app/hooks';
import { links } from '../app/links';
import { findInstance, type PromiseRow } from '../app/view';
import { parseHistory, type HistoryEntry } from '../data/history';
import { monitorOf } from '../sync/instance';
import { Card, Empty, External, Facts, Notice, StatusBadge, When, WithLinks } from '../parts/Basics';
import { Icon } from '../parts/Icon';
import { InstanceProblems, reasonOf } from '../parts/Problems';
import { Timeline } from '../parts/Timeline';
import { join } from '../net/address';
import { text } from '../text/catalogue';

export function PromisePage({ route, view }: PageProps) {
  const [base = '', name = ''] = route.args;
  const instance = findInstance(view, base, route.params.get('source'));
  if (!instance) return <Empty heading title={text.instance.unknown} hint={text.instance.unknownHint} />;
  const at = instance.promises.findIndex((r) => r.promise.name === name);
  const row = instance.promises[at];
  if (!row) return <Empty heading title={text.promise.gone}><a href={links.instance(instance)}>{instance.title}</a></Empty>;
  return <Found row={row} previous={instance.promises[at - 1]} next={instance.promises[at + 1]} />;
}

function Found({ row, previous, next }: { row: PromiseRow; previous: PromiseRow | undefined; next: PromiseRow | undefined }) {
  const { promise, instance } = row;
  return (
    <div class="page">
      <header class="page-head">
        <div class="title"><StatusBadge status={promise.status} /><h1>{promise.name}</h1></div>
        <p class="where">
          <a href={links.instance(instance)}>{instance.title}</a> · <a href={links.subscription(instance.source.url)}>{instance.subscription}</a>
          {instance.computer !== '' && <> · {instance.computer}</>}
        </p>
        <div class="siblings">
          {previous && <a class="button quiet" href={links.promise(previous)} aria-label={text.promise.previous} title={previous.promise.name}><Icon name="left" /></a>}
          {next && <a class="button quiet" href={links.promise(next)} aria-label={text.promise.next} title={next.promise.name}><Icon name="right" /></a>}
        </div>
      </header>
      <InstanceProblems row={instance} />
      <Card title={text.promise.message}>
        {promise.message === '' ? <p class="faint">{text.promise.noMessage}</p> : <pre class="message" tabIndex={0} role="region" aria-label={text.promise.message}><WithLinks value={promise.message} /></pre>}
        <Facts facts={[[text.promise.since, <When time={promise.since} />], [text.promise.reported, <When time={instance.instance.feed?.built} />]]} />
      </Card>
      <HistoryCard row={row} />
      <Documents row={row} />
    </div>
  );
}

function HistoryCard({ row }: { row: PromiseRow }) {
  const monitor = useMemo(() => monitorOf(row.instance.instance, row.instance.source), [row.instance.instance, row.instance.source]);
  const { value, problem, loading } = useDocument(monitor, monitor.history(row.promise), parseHistory, 60_000);
  const entries = value?.entries ?? [];
  const first = entries[0];
  const last = entries[entries.length - 1];
  return (
    <Card title={text.promise.history} action={first && last && <span class="faint">{text.promise.historyOf(dateTime(first.from), dateTime(last.to))}</span>}>
      {problem && problem.kind !== 'missing' && <Notice kind="warning">{reasonOf([problem])}{problem.detail && `: ${problem.detail}`}</Notice>}
      {value?.faults.map((f) => <Notice key={f} kind="warning">{f}</Notice>)}
      {entries.length > 0 ? <><Timeline entries={entries} until={last?.status === row.promise.status ? row.instance.instance.feed?.built : 0} /><HistoryTable entries={entries} /></> : <p class="faint">{loading ? text.loading : text.promise.noHistory}</p>}
    </Card>
  );
}

const PAGE = 50;

function HistoryTable({ entries }: { entries: readonly HistoryEntry[] }) {
  const [shown, setShown] = useState(PAGE);
  const newest = [...entries].reverse();
  return (
    <>
      <div class="table-wrap" tabIndex={0} role="region" aria-label={text.promise.history}>
        <table class="plain-table history">
          <thead><tr><th scope="col">{text.columns.status}</th><th scope="col">{text.promise.from}</th><th scope="col">{text.promise.to}</th><th scope="col">{text.promise.count}</th><th scope="col">{text.promise.message}</th></tr></thead>
          <tbody>
            {newest.slice(0, shown).map((e) => (
              <tr key={`${e.from} ${e.status}`}>
                <td><StatusBadge status={e.status} /></td><td class="time">{dateTime(e.from)}</td><td class="time">{e.to === e.from ? '' : dateTime(e.to)}</td>
                <td class="time">{text.promise.times(e.count)}</td><td class="said">{e.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {newest.length > shown && <button type="button" onClick={() => setShown(shown + PAGE)}>{text.promise.more(Math.min(PAGE, newest.length - shown))}</button>}
    </>
  );
}

function Documents({ row }: { row: PromiseRow }) {
  const { instance, promise } = row;
  const monitor = monitorOf(instance.instance, instance.source);
  return (
    <Card title={text.promise.links}>
      <ul class="links">
        <li><External href={monitor.history(promise)}>{text.promise.historyDocument}</External></li>
        <li><External href={promise.folder || join(instance.instance.base, 'public') + '/'}>{text.promise.publicFiles}</External></li>
        <li><a href={links.instance(instance, 'files')}>{text.promise.privateFiles}</a></li>
        <li><External href={instance.instance.outline.feed}>{text.promise.feed}</External></li>
      </ul>
    </Card>
  );
}
