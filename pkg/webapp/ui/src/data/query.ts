// The language of searches and deep links: words, and column:value pairs.
//
//   disk full            both words anywhere
//   message:"disk full"  the text in this column
//   status:=ERROR        exactly this text in this column
//
// Letter case does not count. Links of the existing application use another
// dialect (portal_type:"Promise" AND status:"ERROR"); fromLegacy reads that.

/** Term asks something of one column, or of all when column is ''. */
export interface Term {
  column: string;
  value: string;
  exact: boolean;
}

export type Query = readonly Term[];

const TERM = /(?:([A-Za-z_][\w-]*):(=?))?(?:"((?:[^"\\]|\\.)*)"|(\S+))/g;

/** parseQuery reads text that names columns; a name that is none of them is
 * part of a word, so that an address with a port can be searched for. */
export function parseQuery(text: string, columns: readonly string[]): Query {
  const terms: Term[] = [];
  for (const m of text.matchAll(TERM)) {
    const [whole, column, equals, quoted, word] = m;
    const value = quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : (word ?? '');
    const name = column?.toLowerCase() ?? '';
    if (name !== '' && !columns.includes(name)) terms.push({ column: '', value: unquote(whole), exact: false });
    else if (value !== '') terms.push({ column: name, value, exact: name !== '' && equals === '=' });
  }
  return terms;
}

function unquote(text: string): string {
  return text.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, '$1'));
}

export function printQuery(query: Query): string {
  return query.map((t) => (t.column === '' ? '' : t.column + (t.exact ? ':=' : ':')) + quote(t)).join(' ');
}

function quote(term: Term): string {
  const plain = /^[^\s"\\]+$/.test(term.value) && (term.column !== '' || !/^[A-Za-z_][\w-]*:/.test(term.value));
  return plain ? term.value : '"' + term.value.replace(/["\\]/g, '\\$&') + '"';
}

/** termOf is what query asks of a column, if anything. */
export function termOf(query: Query, column: string): Term | undefined {
  return query.find((t) => t.column === column);
}

/** withTerm replaces what is asked of a column; no value removes it. */
export function withTerm(query: Query, column: string, value: string, exact = false): Query {
  const rest = query.filter((t) => t.column !== column);
  return value.trim() === '' ? rest : [...rest, { column, value, exact: exact && column !== '' }];
}

/** words is the free part of a query, as it stands in a search field. */
export function words(query: Query): string {
  return printQuery(query.filter((t) => t.column === ''));
}

/** withWords replaces the free part. */
export function withWords(query: Query, text: string, columns: readonly string[]): Query {
  const typed = parseQuery(text, columns);
  const named = new Set(typed.map((t) => t.column));
  return [...query.filter((t) => t.column !== '' && !named.has(t.column)), ...typed];
}

/** matcher compiles a query; text gives a row's text of a column, and of all
 * columns for ''. */
export function matcher<Row>(query: Query, text: (row: Row, column: string) => string): (row: Row) => boolean {
  const terms = query.map((t) => ({ ...t, value: t.value.toLowerCase() }));
  return (row) => terms.every((t) => {
    const found = text(row, t.column).toLowerCase();
    return t.exact ? found === t.value : found.includes(t.value);
  });
}

const LEGACY = /(\w+)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/g;
const LEGACY_COLUMNS: Record<string, string> = {
  status: 'status', category: 'status', title: 'title', source: 'promise',
  channel_item: 'instance', channel: 'subscription', specialise_title: 'subscription',
  aggregate_reference: 'computer', output_message: 'message', description: 'message',
};

/** fromLegacy reads a query= of a link made for the existing application: which
 * list it means, and what to ask of it. Its values are exact unless they hold a
 * percent sign. */
export function fromLegacy(text: string): { page: 'promises' | 'instances' | 'subscriptions'; query: Query } {
  let page: 'promises' | 'instances' | 'subscriptions' = 'promises';
  const terms: Term[] = [];
  const rest = text.replace(LEGACY, (_, key: string, quoted: string | undefined, word: string | undefined) => {
    const value = (quoted ?? word ?? '').replace(/\\(.)/g, '$1');
    if (key === 'portal_type') {
      if (value === 'Instance Tree' || value === 'Hosting Subscription') page = 'subscriptions';
      else if (value === 'Software Instance') page = 'instances';
    } else {
      const column = LEGACY_COLUMNS[key] ?? '';
      terms.push({ column, value: value.replace(/%/g, ''), exact: column !== '' && !value.includes('%') });
    }
    return ' ';
  });
  for (const word of rest.split(/\s+/)) {
    if (word !== '' && !/^(AND|OR|NOT|[()]+)$/i.test(word)) terms.push({ column: '', value: word.replace(/["()%]/g, ''), exact: false });
  }
  const own = { promises: 'promise', instances: 'instance', subscriptions: 'subscription' }[page];
  return { page, query: terms.filter((t) => t.value !== '').map((t) => (t.column === 'title' ? { ...t, column: own } : t)) };
}
