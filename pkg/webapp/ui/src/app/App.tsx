// The frame of the application, and which page is in it.

import { Component, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Header } from '../parts/Header';
import { Keys } from '../parts/Keys';
import { SidePanel } from '../parts/SidePanel';
import { Empty, Notice } from '../parts/Basics';
import { Configuration } from '../pages/Configuration';
import { Configurations } from '../pages/Configurations';
import { InstancePage } from '../pages/Instance';
import { Instances } from '../pages/Instances';
import { Password } from '../pages/Password';
import { PromisePage } from '../pages/Promise';
import { Promises } from '../pages/Promises';
import { Setup } from '../pages/Setup';
import { SubscriptionPage } from '../pages/Subscription';
import { Subscriptions } from '../pages/Subscriptions';
import { SyncPage } from '../pages/Sync';
import { Transfer } from '../pages/Transfer';
import { text } from '../text/catalogue';
import { store } from './context';
import { useStore } from './hooks';
import { announce } from './announce';
import { useRoute, type Route } from './router';
import { viewOf, type View } from './view';

export interface PageProps {
  route: Route;
  view: View;
}

const PAGES: Record<string, (props: PageProps) => ComponentChildren> = {
  '': Promises, promises: Promises, promise: PromisePage, instances: Instances, instance: InstancePage,
  subscriptions: Subscriptions, subscription: (p) => (p.route.args[1] === 'password' ? <Password {...p} /> : <SubscriptionPage {...p} />),
  configurations: Configurations, configuration: Configuration, setup: Setup, sync: SyncPage, transfer: Transfer,
};

export function App() {
  useStore();
  const route = useRoute();
  const view = viewOf(store);
  const [menu, setMenu] = useState(false);
  const Page = PAGES[route.page];
  const place = route.page + '/' + route.args.join('/');

  useEffect(() => announce(view), [view]);
  useEffect(() => { document.documentElement.dataset['theme'] = store.settings.theme; }, [store.settings.theme]);
  // A new page is read from its top, by eye and by screen reader.
  useEffect(() => {
    setMenu(false);
    document.querySelector('main')?.scrollTo(0, 0);
  }, [place]);

  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.querySelector<HTMLElement>('main')?.focus(); }}>{text.skip}</a>
      <Header view={view} menuOpen={menu} onMenu={() => setMenu(!menu)} />
      <div class="frame">
        <SidePanel page={route.page} view={view} open={menu} onClose={() => setMenu(false)} />
        <main id="main" tabIndex={-1}>
          {store.volatile !== '' && <Notice kind="warning">{text.volatile(store.volatile)}</Notice>}
          <Guard key={place}>{Page ? <Page route={route} view={view} /> : <Empty heading title={text.notFound.title} hint={text.notFound.hint} />}</Guard>
        </main>
      </div>
      <Keys onEscape={() => setMenu(false)} />
    </>
  );
}

/** Guard keeps a failure of one page inside of it. */
class Guard extends Component<{ children: ComponentChildren }, { failed?: string }> {
  override state: { failed?: string } = {};

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: error instanceof Error ? error.message : String(error) });
  }

  override render() {
    return this.state.failed === undefined ? this.props.children : <Notice kind="error">{text.crashed} <code>{this.state.failed}</code></Notice>;
  }
}
