import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILesson } from '../api/types';
import { Said } from './said';

/**
 * In which other formats staff give somebody a lesson; nothing where there is none. The button leads to the
 * lesson's page, which links the transcripts and the audio that it has.
 */
export function Formats(props: {
  lesson: ILesson;
  trans: Pick<TranslationBundle, '__'>;
  children: React.ReactNode;
}): JSX.Element | null {
  const { lesson, trans } = props;
  if (!lesson.formats?.length) {
    return null;
  }
  return (
    <div className="cw-Formats">
      <h4>{trans.__('For you')}</h4>
      {lesson.formats.map((text, n) => (
        <Said text={text} key={n} />
      ))}
      {lesson.release && <div className="cw-Buttons">{props.children}</div>}
      <p className="cw-Note">{trans.__('Only you and the staff see this.')}</p>
    </div>
  );
}
