import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ICourseName } from '../api/types';

/**
 * The choice of course, for somebody who is in several. It is never disabled, also while the chosen course is
 * loaded: who goes through the list by keyboard would lose their place.
 */
export function Courses(props: {
  courses: ICourseName[];
  course: string;
  choose: (course: string) => void;
  trans: Pick<TranslationBundle, '__'>;
}): JSX.Element | null {
  if (props.courses.length < 2) {
    return null;
  }
  return (
    <div className="cw-Courses">
      <label htmlFor="cw-course">{props.trans.__('Course')}</label>
      <select
        id="cw-course"
        dir="auto"
        data-lm-suppress-shortcuts="true"
        value={props.course}
        onChange={event => props.choose(event.target.value)}
      >
        {props.courses.map(({ slug, title }) => (
          <option key={slug} value={slug} dir="auto">
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}
