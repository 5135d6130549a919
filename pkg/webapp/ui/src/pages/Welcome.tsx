// What somebody sees who opens the application for the first time.

import { links } from '../app/links';
import { text } from '../text/catalogue';

export function Welcome() {
  return (
    <div class="page narrow">
      <h1>{text.welcome.title}</h1>
      {text.welcome.lines.map((line) => <p key={line}>{line}</p>)}
      <p class="actions"><a class="button primary" href={links.add()}>{text.welcome.add}</a> <a class="button" href={links.transfer()}>{text.welcome.import}</a></p>
      <p class="faint">{text.configurations.storage}</p>
    </div>
  );
}
