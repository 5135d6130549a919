// One Software Instance: identity and state, resources, processes, files,
// parameters.

import type { ComponentChildren } from 'preact';
import type { PageProps } from '../app/App';
import { links } from '../app/links';
import { findInstance, type InstanceRow } from '../app/view';
import { Age, Empty, StatusBadge } from '../parts/Basics';
import { InstanceProblems } from '../parts/Problems';
import { text } from '../text/catalogue';
import { Files } from './instance/Files';
import { Overview } from './instance/Overview';
import { Parameters } from './instance/Parameters';
import { Processes } from './instance/Processes';
import { Resources } from './instance/Resources';

interface TabProps {
  row: InstanceRow;
  path: readonly string[];
  /** Name of a file in the folder at path. */
  file: string;
}

const TABS: Record<string, { title: string; Tab: (props: TabProps) => ComponentChildren }> = {
  '': { title: text.instance.tabs.overview, Tab: Overview },
  resources: { title: text.instance.tabs.resources, Tab: Resources },
  processes: { title: text.instance.tabs.processes, Tab: Processes },
  files: { title: text.instance.tabs.files, Tab: Files },
  parameters: { title: text.instance.tabs.parameters, Tab: Parameters },
};

export function InstancePage({ route, view }: PageProps) {
  const [base = '', tab = '', ...path] = route.args;
  const row = findInstance(view, base, route.params.get('source'));
  if (!row) return <Empty heading title={text.instance.unknown} hint={text.instance.unknownHint} />;
  const Tab = TABS[tab]?.Tab;
  return (
    <div class="page">
      <header class="page-head">
        <div class="title"><StatusBadge status={row.status} /><h1>{row.title}</h1></div>
        <p class="where"><a href={links.subscription(row.source.url)}>{row.subscription}</a>{row.computer !== '' && <> · {row.computer}</>} · <Age time={row.date} ago /></p>
        <nav class="tabs" aria-label={row.title}>
          {Object.entries(TABS).map(([id, { title }]) => <a key={id} href={links.instance(row, id)} aria-current={id === tab ? 'page' : undefined}>{title}</a>)}
        </nav>
      </header>
      {(tab === '' || tab === 'parameters') && <InstanceProblems row={row} />}
      {Tab ? <Tab row={row} path={path} file={route.params.get('file') ?? ''} /> : <Empty title={text.notFound.title} />}
    </div>
  );
}
