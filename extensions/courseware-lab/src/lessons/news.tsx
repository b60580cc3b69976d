import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ago } from '../threads/words';
import type { CourseModel } from './model';
import { headline, type Jump, lines } from './since';

/** "Since you were last here": what others and the course left, each line a way to it. */
export function News(props: {
  model: CourseModel;
  go: (jump: Jump) => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, go, trans } = props;
  const since = model.since;
  if (!since?.since) {
    return null;
  }
  const now = new Date();
  const titles = new Map(model.lessons.map(each => [each.slug, each.title]));
  const told = lines(since, titles, now, trans);
  return (
    <details className="cw-Since" open={since.news > 0}>
      <summary>
        <h3>{trans.__('Since you were last here')}</h3>
        <span className="cw-Note">
          {headline(since, trans)} · {ago(since.since, now, trans)}
        </span>
      </summary>
      {told.length > 0 && (
        <ul aria-label={trans.__('Since you were last here')}>
          {told.map(each => (
            <li key={each.id}>
              <p className="cw-Note">{each.why}</p>
              <button type="button" dir="auto" onClick={() => go(each.jump)}>
                {each.title || trans.__('Open')}
              </button>
              {each.text && <p dir="auto">{each.text}</p>}
              <p className="cw-Note" dir="auto">
                {each.note}
              </p>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
