// One configured monitor: its address, credentials, and what its instances say
// to them.

import { useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { store, synchroniser } from '../app/context';
import { links } from '../app/links';
import { navigate } from '../app/router';
import type { SubscriptionRow } from '../app/view';
import type { Source } from '../data/model';
import { accepted, type Verification } from '../sync/verify';
import { Empty, Notice } from '../parts/Basics';
import { SubscriptionProblems } from '../parts/Problems';
import { SourceForm } from '../parts/SourceForm';
import { text } from '../text/catalogue';

const words = text.configuration;

export function Configuration({ route, view }: PageProps) {
  const row = view.subscriptions.find((s) => s.source.url === route.args[0]);
  return row ? <Edit row={row} /> : <Empty heading title={words.unknown}><a href={links.configurations()}>{text.configurations.title}</a></Empty>;
}

function Edit({ row }: { row: SubscriptionRow }) {
  const { source } = row;
  const [saved, setSaved] = useState(false);
  const [sure, setSure] = useState(false);
  const save = async (username: string, password: string, active: boolean, verification?: Verification): Promise<void> => {
    const current = store.sources.get(source.url) ?? source;
    const url = verification?.url ?? source.url;
    const next: Source = { ...current, url, username, password, active, ...(verification ? { outlines: verification.outlines, title: verification.title || current.title } : {}) };
    // It was saved before anybody had found its OPML.
    if (url !== source.url) await store.removeSource(source.url);
    await store.putSource(next);
    setSaved(true);
    if (url !== source.url) navigate(links.configuration(url), 'replace');
    if (active) await synchroniser.run([url]);
  };
  return (
    <div class="page narrow">
      <header class="page-head"><h1>{words.title}</h1><p class="where"><a href={links.subscription(source.url)}>{row.title}</a></p></header>
      <SourceForm url={source.url} username={source.username} password={source.password} active={source.active} fixedURL submit={text.save} enough={accepted}
        onSave={(s, v) => save(s.username, s.password, s.active, v)} />
      {saved && <Notice kind="ok">{words.saved}</Notice>}
      <SubscriptionProblems row={row} />
      <p class="actions">
        {sure ? (
          <><span class="strong">{words.removeSure}</span> <button type="button" class="danger" onClick={() => void store.removeSource(source.url).then(() => navigate(links.configurations()))}>{words.remove}</button> <button type="button" onClick={() => setSure(false)}>{words.keep}</button></>
        ) : <button type="button" class="danger" onClick={() => setSure(true)}>{words.remove}</button>}
      </p>
    </div>
  );
}
