// The private files of an instance, logs among them.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { bytes, dateTime } from '../../app/format';
import { links } from '../../app/links';
import type { InstanceRow } from '../../app/view';
import type { Entry } from '../../data/folder';
import type { Problem } from '../../data/problem';
import { problemOf } from '../../net/failure';
import { monitorOf } from '../../sync/instance';
import { Icon } from '../../parts/Icon';
import { ProblemLine } from '../../parts/Problems';
import { text } from '../../text/catalogue';
import { FileView } from './FileView';

const words = text.files;

export function Files({ row, path, file }: { row: InstanceRow; path: readonly string[]; file: string }) {
  return (
    <section class="card files">
      <header><Trail row={row} path={path} file={file} /></header>
      {file === '' ? <Folder key={path.join('/')} row={row} path={path} /> : <FileView key={path.join('/') + '/' + file} row={row} path={path} name={file} />}
    </section>
  );
}

function Trail({ row, path, file }: { row: InstanceRow; path: readonly string[]; file: string }) {
  return (
    <nav class="trail" aria-label={text.instance.tabs.files}>
      <a href={links.instance(row, 'files')}>{words.root}</a>
      {path.map((name, i) => <span key={i}> / <a href={links.instance(row, 'files', path.slice(0, i + 1))}>{name}</a></span>)}
      {file !== '' && <span> / <b>{file}</b></span>}
    </nav>
  );
}

function Folder({ row, path }: { row: InstanceRow; path: readonly string[] }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const [state, set] = useState<{ entries?: Entry[]; problem?: Problem }>({});
  const where = path.join('/');
  useEffect(() => {
    const controller = new AbortController();
    monitor.entries(path, controller.signal)
      .then((entries) => set({ entries }))
      .catch((error: unknown) => { if (!controller.signal.aborted) set({ problem: problemOf(error, monitor.file(path)) }); });
    return () => controller.abort();
  }, [where, monitor.folder, monitor.credentials.password]);

  if (state.problem) return <><ul class="problems"><ProblemLine problem={state.problem} source={row.source.url} /></ul><p class="faint">{words.offline}</p></>;
  if (!state.entries) return <p class="faint" role="status">{text.loading}</p>;
  if (state.entries.length === 0) return <p class="faint">{words.empty}</p>;
  return (
    <table class="plain-table listing">
      <thead><tr><th scope="col">{words.name}</th><th scope="col" class="numeric">{words.size}</th><th scope="col">{words.modified}</th></tr></thead>
      <tbody>
        {state.entries.map((e) => (
          <tr key={e.name}>
            <td><a href={e.folder ? links.instance(row, 'files', [...path, e.name]) : links.file(row, path, e.name)}><Icon name={e.folder ? 'folder' : 'file'} />{e.name}{e.folder && <span class="sr-only"> ({words.folder})</span>}</a></td>
            <td class="numeric">{e.size === undefined ? '' : bytes(e.size)}</td>
            <td class="time">{e.modified === undefined ? '' : dateTime(e.modified)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
