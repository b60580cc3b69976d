import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IProgress } from '../api/progress';
import type { ILesson } from '../api/types';
import { type IPlanning, Plan } from './plan';
import { nothing, sum, thisWeek } from './way';

/** How far somebody is, the lesson that comes next, and what this week is for. */
export function Way(props: {
  told: IProgress;
  lessons: ILesson[];
  working: boolean;
  begin: (lesson: ILesson) => void;
  planning: IPlanning;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { told, trans } = props;
  if (!told.total) {
    return null;
  }
  const next = props.lessons.find(lesson => lesson.slug === told.next);
  const said = sum(told, trans);
  return (
    <section className="cw-Way" aria-labelledby="cw-way">
      <h3 id="cw-way">{trans.__('Your way through the course')}</h3>
      <progress
        max={told.total}
        value={told.done}
        aria-labelledby="cw-way"
        aria-valuetext={said}
      />
      <p>{said}</p>
      {next ? (
        <div className="cw-Buttons">
          <button
            className="cw-mod-main"
            disabled={props.working}
            dir="auto"
            onClick={() => props.begin(next)}
          >
            {trans.__('Go on: %1', next.title)}
          </button>
        </div>
      ) : (
        <p className="cw-Note">{nothing(told, trans)}</p>
      )}
      <p className="cw-Note" dir="auto">
        {thisWeek(told.week, trans)}
      </p>
      {told.week.hours !== null && (
        <Plan planning={props.planning} trans={trans} />
      )}
    </section>
  );
}
