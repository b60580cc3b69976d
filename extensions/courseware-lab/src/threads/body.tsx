import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

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
    void renderer.renderModel(new MimeModel({ data, trusted: false }));
    return () => {
      if (renderer.isAttached && renderer.node.isConnected) {
        Widget.detach(renderer);
      }
      renderer.dispose();
    };
  }, [text, rendermime]);
  return <div className="cw-Body" dir="auto" ref={host} />;
}
