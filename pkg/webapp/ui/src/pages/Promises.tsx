// All promises of all services on all computers.

import type { PageProps } from '../app/App';
import { links } from '../app/links';
import { byWorst, type PromiseRow } from '../app/view';
import { dateTime } from '../app/format';
import { termOf, withTerm, type Query } from '../data/query';
import { STATUSES, type Status } from '../data/status';
import { AgeAt, Empty, StatusBadge, StatusMark } from '../parts/Basics';
import { reasonOf } from '../parts/Problems';
import { Chip, DataTable } from '../parts/table/DataTable';
import type { Column } from '../parts/table/column';
import { text } from '../text/catalogue';
import { Welcome } from './Welcome';

const COLUMNS: readonly Column<PromiseRow>[] = [
  { id: 'status', title: text.columns.status, text: (r) => r.promise.status, order: (r) => STATUSES.indexOf(r.promise.status), cell: (r) => <StatusBadge status={r.promise.status} /> },
  { id: 'promise', title: text.columns.promise, text: (r) => r.promise.name },
  { id: 'instance', title: text.columns.instance, text: (r) => r.instance.title, cell: (r) => <InstanceCell row={r} /> },
  { id: 'subscription', title: text.columns.subscription, text: (r) => r.instance.subscription },
  { id: 'date', title: text.columns.date, text: (r) => (r.promise.since === undefined ? '' : dateTime(r.promise.since)), order: (r) => r.promise.since ?? 0, cell: (r, now) => <AgeAt time={r.promise.since} now={now} ago /> },
  { id: 'message', title: text.columns.message, text: (r) => r.promise.message, cell: (r) => firstLine(r.promise.message) },
  { id: 'computer', title: text.columns.computer, text: (r) => r.instance.computer, hidden: true },
];

/** InstanceCell says when the row is the last known state, not the current one. */
function InstanceCell({ row }: { row: PromiseRow }) {
  const { problems, outline } = row.instance.instance;
  const old = problems.filter((p) => p.url === outline.feed);
  const words = text.list.stale(reasonOf(old));
  return <>{old.length > 0 && <span class="stale" title={words}><StatusMark status="WARNING" /><span class="sr-only">{words}: </span></span>}{row.instance.title}</>;
}

function firstLine(message: string): string {
  return message.slice(0, 400).replace(/\s*\n\s*/g, ' · ');
}

export function Promises({ route, view }: PageProps) {
  if (view.subscriptions.length === 0) return <Welcome />;
  const chips = (query: Query, ask: (q: Query) => void) => {
    const term = termOf(query, 'status');
    const on = (s: Status): boolean => term?.value.toUpperCase() === s;
    return (
      <div class="chips" role="group" aria-label={text.columns.status}>
        <Chip on={term === undefined} onClick={() => ask(withTerm(query, 'status', ''))}>{text.list.all}</Chip>
        {STATUSES.filter((s) => view.counts[s] > 0 || on(s) || s === 'ERROR').map((s) => (
          <Chip key={s} on={on(s)} count={view.counts[s]} onClick={() => ask(on(s) ? withTerm(query, 'status', '') : withTerm(query, 'status', s, true))}>
            <span class={s.toLowerCase()}><StatusMark status={s} /></span>{text.status[s]}
          </Chip>
        ))}
      </div>
    );
  };
  return (
    <DataTable kind="promises" title={text.promises.title} what={text.promises.what} rows={view.promises} columns={COLUMNS} route={route}
      order={byWorst} link={links.promise} main="promise" chips={chips} empty={<Empty title={text.promises.empty} />} />
  );
}
