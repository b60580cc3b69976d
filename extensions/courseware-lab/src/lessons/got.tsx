import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IGot } from '../api/types';
import { got } from './words';

/** What came of getting files of a lesson: heard, and brought into view, as a command can be given elsewhere. */
export function Got(props: {
  told: IGot | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { told, trans } = props;
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (told) {
      place.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [told]);
  return (
    <div ref={place} role="status" aria-live="polite">
      {told &&
        got(told, trans).map(said => (
          <p className="cw-Note cw-Got" dir="auto" key={said}>
            {said}
          </p>
        ))}
    </div>
  );
}
