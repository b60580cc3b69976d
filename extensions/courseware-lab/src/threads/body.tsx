import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { Turns } from './turns';

const CALLED = /@\[([^\]\n]{1,200})\]/;

/** All comments of the page: the first of a long thread is read while the last are being made. */
const turns = new Turns(
  12,
  () => performance.now(),
  () => new Promise(resolve => window.setTimeout(resolve, 0))
);

/** Load what Markdown is made with, before the first comment is asked for. */
export function warm(rendermime: IRenderMimeRegistry): void {
  void rendermime.markdownParser?.render('').catch(() => undefined);
}

/** Let names that are called, `@[Name]`, read as names; code stays as it is. */
function nameCalled(node: HTMLElement): void {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (!text.parentElement?.closest('code, pre, mjx-container')) {
      texts.push(text);
    }
  }
  for (let text of texts) {
    let found = CALLED.exec(text.data);
    while (found) {
      const called = text.splitText(found.index);
      text = called.splitText(found[0].length);
      const name = document.createElement('bdi');
      name.className = 'cw-Mention';
      name.textContent = `@${found[1]}`;
      called.replaceWith(name);
      found = CALLED.exec(text.data);
    }
  }
}

/** What somebody wrote, in Markdown and LaTeX; `rendermime` carries the sanitizer for strangers' text. */
export function Body(props: {
  text: string;
  rendermime: IRenderMimeRegistry;
}): JSX.Element {
  const { text, rendermime } = props;
  const host = React.useRef<HTMLDivElement>(null);
  // A layout effect ends while its node is still in the page, which detaching asks for.
  React.useLayoutEffect(() => {
    if (!host.current) {
      return;
    }
    const renderer = rendermime.createRenderer('text/markdown');
    // Attached for real: mathematics is typeset only in a widget that is.
    Widget.attach(renderer, host.current);
    const data = { 'text/markdown': text };
    void turns.take(async () => {
      if (!renderer.isDisposed) {
        await renderer.renderModel(new MimeModel({ data, trusted: false }));
        nameCalled(renderer.node);
      }
    });
    return () => {
      if (renderer.isAttached && renderer.node.isConnected) {
        Widget.detach(renderer);
      }
      renderer.dispose();
    };
  }, [text, rendermime]);
  return <div className="cw-Body" dir="auto" ref={host} />;
}
