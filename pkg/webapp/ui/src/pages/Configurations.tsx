// The configured monitors, and the settings of the application.

import { useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { store, synchroniser } from '../app/context';
import { links } from '../app/links';
import type { Settings } from '../data/model';
import { Card, StatusBadge } from '../parts/Basics';
import { reasonOf } from '../parts/Problems';
import { text } from '../text/catalogue';

const words = text.configurations;
const INTERVALS = [1, 5, 10, 15, 20, 30, 60, 120, 0];

export function Configurations({ view }: PageProps) {
  return (
    <div class="page">
      <header class="page-head"><h1>{words.title}</h1><p class="actions"><a class="button primary" href={links.add()}>{words.add}</a></p></header>
      <Card title={words.sources}>
        {view.subscriptions.length === 0 ? <p>{words.none}</p> : (
          <div class="table-wrap" tabIndex={0} role="region" aria-label={words.sources}>
            <table class="plain-table">
              <thead><tr><th scope="col">{text.columns.status}</th><th scope="col">{text.configuration.name}</th><th scope="col" class="address">{text.configuration.url}</th><th scope="col">{text.columns.problem}</th><th scope="col">{words.enabled}</th></tr></thead>
              <tbody>
                {view.subscriptions.map((s) => (
                  <tr key={s.source.url}>
                    <td><StatusBadge status={s.status} /></td>
                    <td><a href={links.configuration(s.source.url)}>{s.title}</a></td>
                    <td class="address">{s.source.url}</td>
                    <td class="warning-text">{reasonOf(s.problems)}</td>
                    <td><label class="check"><input type="checkbox" checked={s.source.active} aria-label={`${words.enabled}: ${s.title}`} onChange={(e) => void toggle(s.source.url, e.currentTarget.checked)} /></label></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      <SettingsCard any={view.subscriptions.length > 0} />
    </div>
  );
}

async function toggle(url: string, active: boolean): Promise<void> {
  const source = store.sources.get(url);
  if (!source) return;
  await store.putSource({ ...source, active });
  if (active) await synchroniser.run([url]);
}

function SettingsCard({ any }: { any: boolean }) {
  const { settings } = store;
  const [sure, setSure] = useState(false);
  const removeAll = async (): Promise<void> => {
    for (const url of [...store.sources.keys()]) await store.removeSource(url);
    setSure(false);
  };
  return (
    <Card title={words.settings}>
      <div class="form">
        <label class="field"><span>{words.interval}</span>
          <select value={String(settings.interval)} onChange={(e) => void store.putSettings({ interval: Number(e.currentTarget.value) })}>
            {INTERVALS.map((n) => <option key={n} value={String(n)}>{words.every(n)}</option>)}
          </select>
        </label>
        <label class="field"><span>{words.theme}</span>
          <select value={settings.theme} onChange={(e) => void store.putSettings({ theme: e.currentTarget.value as Settings['theme'] })}>
            {Object.entries(words.themes).map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <p class="faint">{words.storage}</p>
        {any && (
          <p class="actions">
            {sure ? <><span class="strong">{words.removeAllSure}</span> <button type="button" class="danger" onClick={() => void removeAll()}>{words.removeAll}</button> <button type="button" onClick={() => setSure(false)}>{text.cancel}</button></>
              : <button type="button" class="danger" onClick={() => setSure(true)}>{words.removeAll}</button>}
          </p>
        )}
      </div>
    </Card>
  );
}
