// What an instance is, how its promises went, and which are not kept.

import { useMemo, useState } from 'preact/hooks';
import { store, synchroniser } from '../../app/context';
import { useDocument } from '../../app/hooks';
import { links } from '../../app/links';
import { byWorst, type InstanceRow } from '../../app/view';
import { parseSeries } from '../../data/series';
import { monitorOf } from '../../sync/instance';
import { Age, Card, CountsText, External, Facts, StatusBadge, When } from '../../parts/Basics';
import { Chart } from '../../parts/Chart';
import { Range } from '../../parts/Range';
import { text } from '../../text/catalogue';

export function Overview({ row }: { row: InstanceRow }) {
  return (
    <>
      <Broken row={row} />
      <Progression row={row} />
      <Identity row={row} />
      <OwnPassword row={row} />
    </>
  );
}

const MOST = 50;

function Broken({ row }: { row: InstanceRow }) {
  const broken = row.promises.filter((p) => p.promise.status !== 'OK').sort(byWorst).slice(0, MOST);
  return (
    <Card title={text.columns.promises} action={<CountsText counts={row.counts} />}>
      {broken.length === 0 ? <p class="faint">{text.instance.allKept}</p> : (
        <ul class="lines">
          {broken.map((p) => (
            <li key={p.promise.name}><StatusBadge status={p.promise.status} /><a href={links.promise(p)}>{p.promise.name}</a><span class="said">{p.promise.message.split('\n')[0]}</span><Age time={p.promise.since} /></li>
          ))}
        </ul>
      )}
      <p><a href={links.promisesOf(row)}>{text.instance.allPromises(row.promises.length)}</a></p>
    </Card>
  );
}

function Progression({ row }: { row: InstanceRow }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const { value, loading } = useDocument(monitor, monitor.sample(row.instance.state?.progression ?? 'monitor_state.data'), parseSeries, 60_000);
  const [range, setRange] = useState(0);
  const lines = useMemo(() => value && [
    { name: text.instance.succeeded, colour: 'ok', values: value.columns.get('success') ?? [] },
    { name: text.instance.failed, colour: 'error', values: value.columns.get('error') ?? [] },
    { name: text.instance.warned, colour: 'warning', values: value.columns.get('warning') ?? [] },
  ].filter((l) => l.colour !== 'warning' || l.values.some((v) => v !== null && v > 0)), [value]);
  return (
    <Card title={text.instance.progression} action={value && value.times.length > 1 && <Range range={range} onRange={setRange} />}>
      {value && lines && value.times.length > 0
        ? <Chart title={text.columns.promises} times={value.times} lines={lines} range={range} stepped />
        : <p class="faint">{loading ? text.loading : text.instance.noSamples}</p>}
    </Card>
  );
}

function Identity({ row }: { row: InstanceRow }) {
  const { state, base, outline } = row.instance;
  return (
    <Card title={text.instance.address}>
      <Facts facts={[
        [text.instance.subscription, <a href={links.subscription(row.source.url)}>{row.subscription}</a>],
        [text.instance.computer, row.computer],
        [text.instance.partition, state?.partition ?? ''],
        [text.instance.ipv4, state?.ipv4 ?? ''],
        [text.instance.ipv6, state?.ipv6 ?? ''],
        [text.instance.type, state?.softwareType ?? ''],
        [text.instance.release, <Release address={state?.release ?? ''} />],
        [text.instance.reported, <When time={row.date} />],
        [text.instance.address, <External href={base + '/'}>{base}</External>],
        [text.instance.links, <>
          <External href={state?.links.public || base + '/public/'}>{text.promise.publicFiles}</External> · <a href={links.instance(row, 'files')}>{text.promise.privateFiles}</a> · <External href={outline.feed}>{text.promise.feed}</External>
        </>],
      ]} />
    </Card>
  );
}

function Release({ address }: { address: string }) {
  return /^https?:\/\//.test(address) ? <External href={address}>{address}</External> : <>{address || text.nothing}</>;
}

/** OwnPassword lets an instance have other credentials than its subscription. */
function OwnPassword({ row }: { row: InstanceRow }) {
  const { instance, source } = row;
  const wrong = row.problems.some((p) => p.kind === 'password');
  if (!wrong && !instance.credentials) return null;
  const keep = async (password: string): Promise<void> => {
    const { credentials: _, ...rest } = instance;
    await store.putInstance(password === '' ? rest : { ...rest, credentials: { username: source.username, password } });
    await synchroniser.run([source.url]);
  };
  return (
    <Card title={text.instance.otherPassword}>
      {instance.credentials && <p>{text.instance.ownPassword} <button type="button" onClick={() => void keep('')}>{text.instance.forgetPassword}</button></p>}
      {wrong && (
        <form class="inline" onSubmit={(e) => { e.preventDefault(); void keep((e.currentTarget.elements.namedItem('password') as HTMLInputElement).value); }}>
          <label class="field"><span>{text.configuration.password}</span><input type="password" name="password" required autocomplete="off" /></label>
          <button type="submit" class="primary">{text.instance.usePassword}</button>
        </form>
      )}
    </Card>
  );
}
