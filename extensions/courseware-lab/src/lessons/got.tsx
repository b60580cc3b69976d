import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CourseModel } from './model';
import { Said } from './said';
import { got } from './words';

/**
 * What came of getting files of a lesson, or why it was refused: heard, and brought into view, as a command for
 * it can be given elsewhere.
 */
export function Got(props: {
  came: CourseModel['got'];
  trans: TranslationBundle;
}): JSX.Element {
  const { came, trans } = props;
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (came) {
      place.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [came]);
  return (
    <div ref={place} role="status" aria-live="polite">
      {came?.refused && <Said loud text={came.refused} />}
      {came?.told &&
        got(came.told, trans).map(said => (
          <p className="cw-Note cw-Got" dir="auto" key={said}>
            {said}
          </p>
        ))}
    </div>
  );
}
