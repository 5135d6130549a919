// The list of problems: what could not be read, why, and what to do.

import { links } from '../app/links';
import type { InstanceRow, SubscriptionRow } from '../app/view';
import type { Problem, ProblemKind } from '../data/problem';
import { webAddress } from '../data/text';
import { hostOf } from '../net/address';
import { text } from '../text/catalogue';
import { Age, External } from './Basics';

// Looking at the address in a tab of its own helps with these: it shows what
// the browser tells no page, and lets the user accept a certificate.
const LOOK: ReadonlySet<ProblemKind> = new Set(['certificate', 'unreachable', 'server', 'document']);
const CONFIGURE: ReadonlySet<ProblemKind> = new Set(['password', 'forbidden', 'insecure']);

/** ProblemLine explains one problem. */
export function ProblemLine({ problem, of, source }: { problem: Problem; of?: preact.ComponentChildren; source?: string }) {
  const words = text.problems[problem.kind];
  return (
    <li class="problem">
      <p class="strong">{of && <>{of}: </>}{words.title}</p>
      {problem.detail !== '' && <p class="detail">{problem.detail}</p>}
      <p>{words.remedy}</p>
      <p class="faint">
        <code>{problem.url}</code> · {text.sync.since} <Age time={problem.since} ago />
        {LOOK.has(problem.kind) && webAddress(problem.url) !== '' && <> · <External href={problem.url}>{text.sync.openAddress}</External></>}
        {source && CONFIGURE.has(problem.kind) && <> · <a href={links.configuration(source)}>{text.sync.configure}</a></>}
      </p>
    </li>
  );
}

/** InstanceProblems of one instance, for its page. */
export function InstanceProblems({ row }: { row: InstanceRow }) {
  if (row.problems.length === 0) return null;
  return <ul class="problems">{row.problems.map((p) => <ProblemLine key={p.kind + p.url} problem={p} source={row.source.url} />)}</ul>;
}

/** SubscriptionProblems of an OPML and of all its instances. */
export function SubscriptionProblems({ row }: { row: SubscriptionRow }) {
  if (row.problems.length === 0) return null;
  return (
    <ul class="problems">
      {row.source.problems.map((p) => <ProblemLine key={p.kind + p.url} problem={p} of={<a href={links.configuration(row.source.url)}>{row.title}</a>} source={row.source.url} />)}
      {row.instances.flatMap((i) => i.problems.map((p) => (
        <ProblemLine key={i.instance.key + p.kind + p.url} problem={p} of={<a href={links.instance(i)}>{i.title || hostOf(i.instance.base)}</a>} source={i.source.url} />
      )))}
    </ul>
  );
}

/** reasonOf is the shortest words for why something is not newer. */
export function reasonOf(problems: readonly Problem[]): string {
  const first = problems[0];
  return first ? text.problems[first.kind].title : '';
}
