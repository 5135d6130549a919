// Adds a monitor: by one click on a setup link, or by hand.

import { useRef, useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { claimSetupLink, destination } from '../app/arrival';
import { store, synchroniser } from '../app/context';
import { useProgress } from '../app/hooks';
import { links } from '../app/links';
import { navigate } from '../app/router';
import type { Source } from '../data/model';
import { parseSetupLink, type SetupLink } from '../data/setuplink';
import { accepted, type Verification } from '../sync/verify';
import { Notice } from '../parts/Basics';
import { newInstance } from '../sync/subscription';
import { SourceForm, type Entered } from '../parts/SourceForm';
import { text } from '../text/catalogue';

const words = text.setup;
const LANDING = 6000; // milliseconds until the list is shown while instances are still read

export function Setup(_: PageProps) {
  const [link] = useState(claimSetupLink);
  const [saved, setSaved] = useState(false);
  const progress = useProgress();
  const place = useRef<HTMLDivElement>(null);

  const save = async (entered: Entered, verification?: Verification): Promise<void> => {
    setSaved(true);
    await add(entered, verification);
    // Somebody waits for the promises: those that come later are drawn as they come.
    await Promise.race([synchroniser.run([entered.url], 'added'), new Promise((resolve) => setTimeout(resolve, LANDING))]);
    if (place.current) navigate(link ? destination(link) : links.promises(), 'replace');
  };
  // A monitor of which one instance has another password is of use all the same;
  // a link must not replace a password that works by one that does not.
  const enough = (v: Verification, entered: Entered): boolean =>
    replacing(store.sources.get(v.url), entered.password) ? accepted(v) : v.verdicts.some((d) => !d.problem);
  return (
    <div class="page narrow" ref={place}>
      <header class="page-head"><h1>{link ? words.fromLink : words.title}</h1></header>
      {link && !saved && replacing(store.sources.get(link.url), link.password) && <Notice kind="info">{words.replaces}</Notice>}
      {saved && <Notice kind="ok">{progress ? words.synchronising(progress.done, progress.total) : words.saving}</Notice>}
      <SourceForm url={link?.url ?? ''} username={link?.username ?? ''} password={link?.password ?? ''} active submit={words.start}
        automatic={complete(link)} enough={enough} expand={expand} onSave={save} />
    </div>
  );
}

/** replacing: it is configured already, with another password. */
function replacing(known: Source | undefined, password: string): boolean {
  return known !== undefined && known.password !== password;
}

/** complete links are verified and saved at once; another one is a form. */
function complete(link: SetupLink | undefined): boolean {
  return link !== undefined && link.url !== '' && link.username !== '' && link.password !== '';
}

/** expand reads a pasted setup link. */
function expand(pasted: string): Partial<Entered> | undefined {
  const hash = pasted.indexOf('#');
  const link = hash < 0 ? undefined : parseSetupLink(pasted.slice(hash));
  return link && link.url !== '' ? { url: link.url, username: link.username, password: link.password } : undefined;
}

/** add keeps a verified monitor, and which of its instances refused the
 * password, so that they are not asked twice within a second. */
async function add(entered: Entered, verification: Verification | undefined): Promise<void> {
  const old = store.sources.get(entered.url);
  await store.putSource({
    title: verification?.title || old?.title || '', state: 'Started', added: Date.now(), problems: [],
    ...old,
    url: entered.url, username: entered.username, password: entered.password, active: true,
    outlines: verification?.outlines ?? old?.outlines ?? [],
  });
  for (const { outline, problem } of verification?.verdicts ?? []) {
    if (problem?.kind === 'password') {
      const instance = newInstance(entered.url, outline);
      const known = store.instances.get(instance.key) ?? instance;
      await store.putInstance({ ...known, problems: [problem], refused: { username: entered.username, password: entered.password, at: problem.at } });
    }
  }
}
