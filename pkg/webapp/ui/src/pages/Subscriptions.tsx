// All Hosting Subscriptions; the worst of its instances is a tree's status.

import type { PageProps } from '../app/App';
import { links } from '../app/links';
import type { SubscriptionRow } from '../app/view';
import { dateTime } from '../app/format';
import { severity } from '../data/status';
import { AgeAt, CountsText, Empty, StatusBadge } from '../parts/Basics';
import { reasonOf } from '../parts/Problems';
import { DataTable } from '../parts/table/DataTable';
import type { Column } from '../parts/table/column';
import { text } from '../text/catalogue';
import { Welcome } from './Welcome';

function why(row: SubscriptionRow): string {
  return row.source.active ? reasonOf(row.problems) : text.subscriptions.disabled;
}

const COLUMNS: readonly Column<SubscriptionRow>[] = [
  { id: 'status', title: text.columns.status, text: (r) => r.status, order: (r) => severity(r.status), cell: (r) => <StatusBadge status={r.status} /> },
  { id: 'subscription', title: text.columns.subscription, text: (r) => r.title },
  { id: 'instances', title: text.columns.instances, text: (r) => String(r.instances.length), order: (r) => r.instances.length },
  { id: 'promises', title: text.columns.promises, text: (r) => String(r.counts.ERROR + r.counts.OK), order: (r) => -r.counts.ERROR, cell: (r) => <CountsText counts={r.counts} compact /> },
  { id: 'date', title: text.columns.report, text: (r) => (r.date === undefined ? '' : dateTime(r.date)), order: (r) => r.date ?? 0, cell: (r, now) => <AgeAt time={r.date} now={now} ago /> },
  { id: 'problem', title: text.columns.problem, text: why, cell: (r) => <span class="warning-text">{why(r)}</span> },
];

function byTrouble(a: SubscriptionRow, b: SubscriptionRow): number {
  return severity(a.status) - severity(b.status) || (a.title < b.title ? -1 : 1);
}

export function Subscriptions({ route, view }: PageProps) {
  if (view.subscriptions.length === 0) return <Welcome />;
  return (
    <DataTable kind="subscriptions" title={text.subscriptions.title} what={text.subscriptions.what} rows={view.subscriptions} columns={COLUMNS} route={route}
      order={byTrouble} link={(r) => links.subscription(r.source.url)} main="subscription" empty={<Empty title={text.subscriptions.empty} />} />
  );
}
