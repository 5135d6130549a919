// All Software Instances.

import type { PageProps } from '../app/App';
import { links } from '../app/links';
import type { InstanceRow } from '../app/view';
import { dateTime } from '../app/format';
import { severity } from '../data/status';
import { AgeAt, CountsText, Empty, StatusBadge } from '../parts/Basics';
import { reasonOf } from '../parts/Problems';
import { DataTable } from '../parts/table/DataTable';
import type { Column } from '../parts/table/column';
import { text } from '../text/catalogue';
import { Welcome } from './Welcome';

const COLUMNS: readonly Column<InstanceRow>[] = [
  { id: 'status', title: text.columns.status, text: (r) => r.status, order: (r) => severity(r.status), cell: (r) => <StatusBadge status={r.status} /> },
  { id: 'instance', title: text.columns.instance, text: (r) => r.title },
  { id: 'subscription', title: text.columns.subscription, text: (r) => r.subscription },
  { id: 'computer', title: text.columns.computer, text: (r) => r.computer },
  { id: 'promises', title: text.columns.promises, text: (r) => String(r.promises.length), order: (r) => -r.counts.ERROR * 1e6 - r.promises.length, cell: (r) => <CountsText counts={r.counts} compact /> },
  { id: 'date', title: text.columns.report, text: (r) => (r.date === undefined ? '' : dateTime(r.date)), order: (r) => r.date ?? 0, cell: (r, now) => <AgeAt time={r.date} now={now} ago /> },
  { id: 'problem', title: text.columns.problem, text: (r) => reasonOf(r.problems), cell: (r) => <span class="warning-text">{reasonOf(r.problems)}</span> },
];

/** byTrouble is the first order: worst, then with problems, then by name. */
export function byTrouble(a: InstanceRow, b: InstanceRow): number {
  return severity(a.status) - severity(b.status) || b.problems.length - a.problems.length || (a.title < b.title ? -1 : 1);
}

export function Instances({ route, view }: PageProps) {
  if (view.subscriptions.length === 0) return <Welcome />;
  return (
    <DataTable kind="instances" title={text.instances.title} what={text.instances.what} rows={view.instances} columns={COLUMNS} route={route}
      order={byTrouble} link={links.instance} main="instance" empty={<Empty title={text.instances.empty} />} />
  );
}
