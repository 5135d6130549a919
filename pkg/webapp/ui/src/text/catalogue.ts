// Every sentence and word that the application shows, in one place.

import type { ProblemKind } from '../data/problem';
import type { Status } from '../data/status';

const plural = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

const statusWords: Record<Status, string> = { ERROR: 'ERROR', WARNING: 'WARNING', UNKNOWN: 'UNKNOWN', OK: 'OK' };

/** What is wrong, and what to do about it. */
const problems: Record<ProblemKind, { title: string; remedy: string }> = {
  offline: { title: 'This device is offline', remedy: 'What was last seen is shown. It is read again when the network is back.' },
  unreachable: { title: 'Unreachable', remedy: 'The monitor does not answer. Check that its partition is started and that its network works. If it has a new certificate of its own, open the address and accept it.' },
  certificate: {
    title: 'Unreachable, or certificate not trusted',
    remedy: 'The browser refuses the connection and does not say why. Open the address: if the browser warns of the certificate, which is the monitor’s own, accept it and come back. If it says that the site cannot be reached, the monitor is not running.',
  },
  origin: { title: 'Does not allow this application', remedy: 'The monitor answers, but not to pages from this address. Add this application’s host to its parameter cors-domains (or monitor-interface-url).' },
  insecure: { title: 'Not encrypted', remedy: 'The address begins with http:. A browser does not let this page read it; the monitor must use https.' },
  password: { title: 'Wrong password', remedy: 'The monitor refuses the user name and password. The public promises are shown all the same. Give the right password in its configuration.' },
  forbidden: { title: 'Access refused', remedy: 'The monitor refuses this document to this user.' },
  missing: { title: 'Not there', remedy: 'The monitor has no such document. It may have been deployed just now, or be of another version.' },
  server: { title: 'The server reports a fault', remedy: 'Look at the error log of the monitor’s server, or of the frontend before it.' },
  document: { title: 'Bad document', remedy: 'The answer is not what a monitor should publish. What could be read of it is shown, else the last known state.' },
};

export const text = {
  app: 'Monitor',
  skip: 'Skip to content',
  menu: 'Menu',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  loading: 'Loading…',
  time: 'Time',
  nothing: '–',
  copy: 'Copy',
  copied: 'Copied',
  newTab: 'opens in a new tab',

  status: statusWords,
  problems,

  age: {
    now: 'now',
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (n: number) => `${n} h`,
    days: (n: number) => `${n} d`,
    ago: (age: string) => (age === 'now' ? 'just now' : /\d{4}-/.test(age) ? age : `${age} ago`),
  },

  nav: {
    label: 'Pages',
    search: 'Search promises',
    promises: 'Promises',
    instances: 'Software Instances',
    subscriptions: 'Hosting Subscriptions',
    configurations: 'Monitor Configurations',
    sync: 'Synchronisation',
    transfer: 'OPML Import / Export',
  },

  header: {
    status: 'State of everything',
    none: 'Nothing monitored yet',
    allWell: (n: number) => (n === 1 ? 'The only promise is kept' : `All ${n.toLocaleString('en')} promises kept`),
    errors: (n: number) => plural(n, 'error', 'errors'),
    warnings: (n: number) => plural(n, 'warning', 'warnings'),
    unknown: (n: number) => `${n.toLocaleString('en')} unknown`,
    ok: (n: number) => `${n.toLocaleString('en')} OK`,
    problems: (n: number) => plural(n, 'problem', 'problems'),
    synced: (age: string) => `Synchronised ${age}`,
    neverSynced: 'Never synchronised',
    syncing: (done: number, total: number) => `Synchronising ${done} of ${total}`,
    syncNow: 'Synchronise',
    offline: 'Offline',
  },

  list: {
    shown: (n: number, total: number, what: string) => (n === total ? `${n.toLocaleString('en')} ${what}` : `${n.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`),
    all: 'All',
    search: 'Search',
    filters: 'Filters',
    sort: 'Sort by',
    ascending: 'ascending',
    descending: 'descending',
    filterOf: (column: string) => `Filter ${column}`,
    exact: 'Exact match',
    exactOf: (column: string) => `Exact match of ${column}`,
    clear: 'Clear all filters',
    removeScope: (what: string, value: string) => `Show other than ${what} ${value}`,
    noMatch: 'Nothing matches these filters.',
    stale: (reason: string) => `Last known state: ${reason}`,
  },

  columns: {
    status: 'Status', promise: 'Promise', instance: 'Software Instance', subscription: 'Hosting Subscription', date: 'Date', report: 'Reported',
    message: 'Message', computer: 'Computer', promises: 'Promises', instances: 'Instances', problem: 'Problem',
  },

  promises: {
    title: 'Promises',
    what: 'promises',
    empty: 'No promise is known yet.',
  },

  promise: {
    message: 'Message',
    noMessage: 'The promise said nothing.',
    since: 'Status since',
    reported: 'Reported',
    history: 'History',
    historyOf: (from: string, to: string) => `From ${from} to ${to}`,
    noHistory: 'There is no history of this promise yet.',
    times: (n: number) => (n === 1 ? 'once' : `${n.toLocaleString('en')} times`),
    from: 'From', to: 'To', count: 'Seen',
    more: (n: number) => `Show ${n} more`,
    links: 'Documents',
    historyDocument: 'History (JSON)',
    publicFiles: 'Public files',
    privateFiles: 'Private files',
    feed: 'Feed (RSS)',
    gone: 'This promise is not in the feed of its instance any more.',
    previous: 'Previous promise of this instance',
    next: 'Next promise of this instance',
    timeline: (summary: string) => `Timeline: ${summary}`,
  },

  instances: { title: 'Software Instances', what: 'instances', empty: 'No instance is known yet.' },

  instance: {
    unknown: 'This instance is not known here',
    unknownHint: 'It may have been removed, or its monitor configuration was not added in this browser.',
    tabs: { overview: 'Overview', resources: 'Resources', processes: 'Processes', files: 'Files', parameters: 'Parameters' },
    computer: 'Computer', partition: 'Partition', ipv4: 'IPv4', ipv6: 'IPv6', release: 'Software release', type: 'Software type',
    subscription: 'Hosting subscription', reported: 'Reported', address: 'Monitor', links: 'Links',
    progression: 'Promises over time',
    noSamples: 'There are no samples yet.',
    succeeded: 'OK', failed: 'Error', warned: 'Warning',
    allKept: 'All promises are kept.',
    allPromises: (n: number) => `All ${n.toLocaleString('en')} promises`,
    otherPassword: 'This instance has another password?',
    usePassword: 'Use this password',
    forgetPassword: 'Use the password of the subscription',
    ownPassword: 'A password of its own is used for this instance.',
  },

  resources: {
    cpu: 'CPU', cpuPercent: 'CPU', memory: 'Memory', disk: 'Disk', io: 'Read and written', cycles: 'Input and output operations',
    processes: 'Processes', threads: 'Threads',
    range: 'Time shown', hour: '1 h', eightHours: '8 h', day: '24 h', all: 'All',
    percent: '%', mebibytes: 'MiB', perSecond: '/s', kibPerSecond: 'KiB/s',
    summary: (last: string, min: string, max: string) => `latest ${last}, from ${min} to ${max}`,
    cpuTime: 'CPU time', minutes: 'min', sampled: 'Sampled',
  },

  processes: {
    name: 'Process', pid: 'PID', user: 'User', started: 'Started', cpu: 'CPU %', threads: 'Threads', memory: 'Memory', memoryPercent: 'Memory %',
    none: 'No process is known.', filter: 'Filter processes', command: 'Command',
  },

  files: {
    root: 'private', name: 'Name', size: 'Size', modified: 'Modified', parent: 'Parent folder', empty: 'The folder is empty.',
    follow: 'Follow', wrap: 'Wrap lines', find: 'Show only lines with', older: 'Load earlier lines', download: 'Download',
    end: 'End of file', lines: (n: number) => plural(n, 'line', 'lines'), ofFile: (part: string, size: string) => `the last ${part} of ${size}`,
    binary: 'This file is not text. Download it to open it.', emptyFile: 'The file is empty.', replaced: 'The file was replaced; this is the new one.',
    offline: 'Files are not kept in this browser; they can be read when the monitor answers.',
    folder: 'folder',
  },

  parameters: {
    intro: 'Edited values are applied by the instance itself; this page waits until they are in effect.',
    none: 'This instance has no parameters.',
    readOnly: 'read-only',
    passwordHint: 'Is changed for all instances at once:',
    passwordLink: 'Change password',
    show: 'Show', hide: 'Hide',
    saving: 'Saving…', waiting: 'Accepted. Waiting until it is in effect…',
    saved: (keys: string) => `In effect: ${keys}.`,
    refused: (reason: string) => `Refused: ${reason}`,
    conflict: (key: string, value: string) => `${key} was changed meanwhile, to “${value}”. Your edit was not sent; check it and save again.`,
    notApplied: (keys: string) => `Accepted, but not in effect after 90 seconds: ${keys}. Look at the logs of the instance.`,
    unchanged: 'Nothing was edited.',
    discard: 'Discard edits',
  },

  subscriptions: { title: 'Hosting Subscriptions', what: 'subscriptions', empty: 'No hosting subscription is known yet.', disabled: 'Disabled' },

  subscription: {
    unknown: 'This hosting subscription is not known here',
    instances: (n: number) => plural(n, 'instance', 'instances'),
    configuration: 'Monitor configuration',
    changePassword: 'Change password',
    promises: 'Its promises',
  },

  password: {
    title: 'Change password',
    of: (title: string) => `of all instances of ${title}`,
    new: 'New password', again: 'New password again', generate: 'Generate one', show: 'Show',
    start: 'Change the password', retry: 'Try the failed ones again',
    short: 'At least 8 characters.', characters: 'Only letters, digits and signs other than & # = + % : " < > ` can be used: the setup link carries it plainly.',
    different: 'The two differ.', same: 'This is the current password.',
    warning: 'People and programs that use the old password must get the new one. The monitor accepts the old one for some minutes more.',
    steps: { waiting: 'waiting', checking: 'checking the old password', changing: 'changing', confirming: 'waiting until it is in effect', changed: 'changed', already: 'has the new password already', failed: 'failed' },
    allDone: 'All instances have the new password. It is saved in this browser.',
    someFailed: (n: number) => `${plural(n, 'instance has', 'instances have')} not got the new password. The others work with it; nothing is lost, try again.`,
  },

  configurations: {
    title: 'Monitor Configurations',
    sources: 'Configured monitors',
    none: 'Nothing is configured yet. Open the setup link that an instance publishes (monitor-setup-url), or add its OPML here.',
    add: 'Add a monitor',
    enabled: 'Enabled',
    interval: 'Synchronise', every: (minutes: number) => (minutes === 0 ? 'never by itself' : minutes === 1 ? 'every minute' : minutes < 60 ? `every ${minutes} minutes` : `every ${plural(minutes / 60, 'hour', 'hours').replace('1 ', '')}`),
    theme: 'Colours', themes: { system: 'as the device', light: 'light', dark: 'dark' },
    removeAll: 'Remove all configurations', removeAllSure: 'Really remove everything from this browser?',
    settings: 'Settings',
    storage: 'Addresses, passwords and the last known states are kept in this browser only, readable to whoever can use it.',
  },

  configuration: {
    title: 'Monitor configuration', url: 'OPML address', username: 'User name', password: 'Password', name: 'Title', enabled: 'Synchronise this monitor',
    verify: 'Verify', verifying: (done: number, total: number) => `Verifying ${done} of ${total}…`, reading: 'Reading the list of instances…',
    right: 'Address and password are right.', wrong: 'Some instances could not be verified. Their public promises can be shown all the same.',
    saved: 'Saved.', saveAnyway: 'Save anyway', remove: 'Remove', removeSure: 'Remove it, and what is known of its instances, from this browser?',
    keep: 'Keep it', urlHint: 'Ends in /public/feeds as a rule.', badUrl: 'This is no address that begins with https://', noPassword: 'Without a password only public promises can be shown.',
    unknown: 'This configuration is not known here', instances: 'Instances',
  },

  setup: {
    title: 'Add a monitor', fromLink: 'Setting up from a link', link: 'Setup link or OPML address',
    linkHint: 'Paste the whole monitor-setup-url: the fields are filled in from it.',
    start: 'Add and synchronise', saving: 'Saving…', synchronising: (done: number, total: number) => `Synchronising ${done} of ${total} instances…`,
    done: 'Done. Opening the promises…',
    replaces: 'This monitor is configured already, with another password. It is replaced only if the one of the link is right everywhere.',
  },

  sync: {
    title: 'Synchronisation', now: 'Synchronise now', last: 'Last synchronisation', next: 'Next', running: 'Running', problems: 'Problems',
    noProblems: 'Everything was read without a problem.', since: 'since',
    instances: 'Instances read', offline: 'This device is offline. The last known states are shown.', openAddress: 'Open the address', configure: 'Configuration',
  },

  transfer: {
    title: 'OPML Import / Export', export: 'Export', import: 'Import',
    exportHint: 'All configured monitors, in the format that the existing application reads too.',
    passwords: 'With passwords', passwordsHint: 'They are not encrypted: keep the file safe.',
    download: 'Download file', importHint: 'Paste an export, or choose its file. Configurations that are here already are replaced.',
    file: 'Export file', paste: 'Export text', start: 'Import',
    imported: (n: number) => `Imported ${plural(n, 'configuration', 'configurations')}. Synchronising…`,
    nothing: 'There is nothing to export yet.', left: 'Left out:',
  },

  keys: {
    title: 'Keyboard', search: 'Search', up: 'Previous and next line', enter: 'Open the line', go: 'Go to promises, instances, subscriptions', sync: 'Synchronise', help: 'This help', close: 'Close, or leave a field',
  },

  welcome: {
    title: 'Nothing is monitored here yet',
    lines: ['Open the link that an instance publishes as monitor-setup-url: everything is filled in, checked and read at once.', 'Or add the address of its OPML by hand, or import a list of them.'],
    add: 'Add a monitor', import: 'Import a list',
  },
  notFound: { title: 'There is no such page', hint: 'Choose one from the menu.' },
  volatile: (reason: string) => `This browser keeps nothing (${reason}): everything is lost when the page is closed.`,
  crashed: 'Something in this page failed. The rest of the application works.',
};
