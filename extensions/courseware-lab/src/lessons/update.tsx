import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IChange, ICopy, ILesson, IPreview } from '../api/types';
import { Said } from './said';
import { change, step } from './words';

/** What the buttons of an update do. */
export interface IUpdates {
  preview(lesson: ILesson): Promise<IPreview>;
  update(lesson: ILesson): void;
  undo(lesson: ILesson): void;
}

interface IProps {
  lesson: ILesson;
  copy: ICopy;
  working: boolean;
  actions: IUpdates;
  trans: TranslationBundle;
}

/** A newer release: look at it, bring it in, take it back. */
export function Update(props: IProps): JSX.Element | null {
  const { lesson, copy, actions, trans } = props;
  if (copy.newer) {
    return (
      <div className="cw-Update">
        <p className="cw-Note">
          {trans.__(
            'There is a newer version of this lesson. An update brings it into your copy; what you wrote stays.'
          )}
        </p>
        <Preview {...props} />
        <div className="cw-Buttons">
          <button
            className="cw-mod-main"
            disabled={props.working}
            aria-label={`${trans.__('Update')}: ${lesson.title}`}
            onClick={() => actions.update(lesson)}
          >
            {trans.__('Update')}
          </button>
        </div>
      </div>
    );
  }
  if (copy.undo === null) {
    return null;
  }
  return (
    <div className="cw-Buttons">
      <button
        disabled={props.working}
        aria-label={`${trans.__('Take the update back')}: ${lesson.title}`}
        onClick={() => actions.undo(lesson)}
      >
        {trans.__('Take the update back')}
      </button>
    </div>
  );
}

/** What would change, asked for when somebody looks. */
function Preview(props: IProps): JSX.Element {
  const { lesson, actions, trans } = props;
  const [told, setTold] = React.useState<IPreview | null>(null);
  const [problem, setProblem] = React.useState('');
  const look = (): void => {
    setProblem('');
    actions.preview(lesson).then(setTold, (error: unknown) => {
      setProblem(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open && told === null) {
          look();
        }
      }}
    >
      <summary>{trans.__('What would change')}</summary>
      <div role="status" aria-live="polite">
        {problem && <Said loud text={problem} />}
        {!told && !problem && <p>{trans.__('Loading…')}</p>}
        {told?.files.length === 0 && (
          <p className="cw-Note">{trans.__('Nothing that you would see.')}</p>
        )}
      </div>
      {told?.files.map(file => (
        <section key={file.path} aria-label={file.path}>
          <p className="cw-File">
            <bdi>{file.path}</bdi>{' '}
            <span className="cw-Note">{step(file, trans)}</span>
          </p>
          {file.changes.map(each => (
            <Change key={each.key} change={each} trans={trans} />
          ))}
        </section>
      ))}
      {told?.notes.map(note => (
        <p className="cw-Note" dir="auto" key={note}>
          {note}
        </p>
      ))}
    </details>
  );
}

const SIGNS: Record<string, string> = { '+': 'cw-mod-new', '-': 'cw-mod-old' };

/** One cell that is different, line by line. */
function Change(props: {
  change: IChange;
  trans: TranslationBundle;
}): JSX.Element {
  const { place, diff } = props.change;
  return (
    <div className="cw-Change">
      <p className="cw-Note" dir="auto">
        {change(props.change, props.trans)}
        {place && <> · {place}</>}
      </p>
      {diff.length > 0 && (
        <pre dir="auto">
          {diff.map((line, index) => (
            <span key={index} className={SIGNS[line[0]] ?? ''}>
              {`${line}\n`}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}
