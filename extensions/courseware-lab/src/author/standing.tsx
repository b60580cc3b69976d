import * as React from 'react';
import { day } from '../lessons/words';
import type { IActs } from './finding';
import type { AuthorModel } from './model';
import type { Words } from './words';

/** How the lesson stands on the course's pages: what students get, and what is planned, withdrawn or held there. */
export function StandingPart(props: {
  model: AuthorModel;
  words: Words;
  acts: IActs;
}): JSX.Element | null {
  const { model, words, acts } = props;
  const { desk } = model;
  if (!desk) {
    return null;
  }
  const { planned } = desk;
  return (
    <section aria-label={words.__("On the course's pages")}>
      <h3>{words.__("On the course's pages")}</h3>
      <p>
        {desk.offered === null
          ? words.__('Students get no release of this lesson.')
          : words.__('Students get release %1.', desk.offered)}
      </p>
      {planned && !planned.problem && (
        <p>
          <strong>
            {words.__(
              'Release %1 will be published on %2.',
              desk.next,
              day(new Date(planned.at), words)
            )}
          </strong>{' '}
          <span className="cw-Note">
            {words.__('A draft that you upload now is not published by that.')}
          </span>
        </p>
      )}
      {planned?.problem && (
        <p className="cw-Late">
          {words.__(
            'A draft was to be published by itself, and is not. Its page says why.'
          )}
        </p>
      )}
      {(desk.withdrawn.length > 0 || desk.held.length > 0) && (
        <ul className="cw-Author-findings">
          {desk.withdrawn.map(each => (
            <li key={each.number} className="cw-mod-warning">
              {words.__('Release %1 is withdrawn.', each.number)}
            </li>
          ))}
          {desk.held.map(each => (
            <li key={each.exercise} className="cw-mod-warning">
              {words.__('Marks are held:')} <bdi>{each.exercise}</bdi>
            </li>
          ))}
        </ul>
      )}
      <div className="cw-Buttons">
        <button type="button" onClick={() => acts.page(desk.page)}>
          {words.__('Open the releases')}
        </button>
      </div>
    </section>
  );
}
