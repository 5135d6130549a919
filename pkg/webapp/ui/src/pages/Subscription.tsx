// One Hosting Subscription and its instances.

import type { PageProps } from '../app/App';
import { links } from '../app/links';
import type { SubscriptionRow } from '../app/view';
import { Age, Card, CountsText, Empty, StatusBadge } from '../parts/Basics';
import { SubscriptionProblems } from '../parts/Problems';
import { text } from '../text/catalogue';
import { byTrouble } from './Instances';

export function SubscriptionPage({ route, view }: PageProps) {
  const row = view.subscriptions.find((s) => s.source.url === route.args[0]);
  if (!row) return <Empty heading title={text.subscription.unknown} hint={text.instance.unknownHint} />;
  return (
    <div class="page">
      <header class="page-head">
        <div class="title"><StatusBadge status={row.status} /><h1>{row.title}</h1></div>
        <p class="where">{text.subscription.instances(row.instances.length)} · <Age time={row.date} ago /> · <CountsText counts={row.counts} /></p>
        <p class="actions">
          <a class="button" href={links.promisesOfSubscription(row.title)}>{text.subscription.promises}</a>
          <a class="button" href={links.password(row.source.url)}>{text.subscription.changePassword}</a>
          <a class="button" href={links.configuration(row.source.url)}>{text.subscription.configuration}</a>
        </p>
      </header>
      <SubscriptionProblems row={row} />
      <InstancesCard row={row} />
    </div>
  );
}

function InstancesCard({ row }: { row: SubscriptionRow }) {
  return (
    <Card title={text.nav.instances}>
      <div class="table-wrap" tabIndex={0} role="region" aria-label={text.nav.instances}>
        <table class="plain-table">
          <thead><tr><th scope="col">{text.columns.status}</th><th scope="col">{text.columns.instance}</th><th scope="col">{text.columns.promises}</th><th scope="col">{text.columns.computer}</th><th scope="col">{text.columns.report}</th></tr></thead>
          <tbody>
            {[...row.instances].sort(byTrouble).map((i) => (
              <tr key={i.instance.key}>
                <td><StatusBadge status={i.status} /></td>
                <td><a href={links.instance(i)}>{i.title}</a></td>
                <td><CountsText counts={i.counts} /></td>
                <td>{i.computer}</td>
                <td class="time"><Age time={i.date} ago /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
