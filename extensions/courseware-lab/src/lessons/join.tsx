import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CourseModel } from './model';
import { Said } from './said';

/** What is shown to somebody who is in no course. */
export function Join(props: {
  model: CourseModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const offer = model.status?.offer;
  return (
    <>
      <h2>{trans.__('No course yet')}</h2>
      {offer && (
        <>
          <p>
            {trans.__('There is a course of yours in this folder:')}{' '}
            <bdi>{offer.title}</bdi>
          </p>
          <div className="cw-Buttons">
            <button
              className="cw-mod-main"
              onClick={() => void model.act(() => model.client.serve())}
            >
              {trans.__('Serve it from here')}
            </button>
          </div>
        </>
      )}
      <JoinForm model={model} trans={trans} />
      <div role="alert">
        {model.problem && <Said loud text={model.problem} />}
      </div>
    </>
  );
}

/**
 * The same for somebody who is in one. Why it failed stands here too: what the
 * panel says stands at its beginning, out of sight.
 */
export function JoinAnother(props: {
  model: CourseModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const [refusal, setRefusal] = React.useState('');
  return (
    <details>
      <summary>{trans.__('Join another course')}</summary>
      {refusal && <Said loud text={refusal} />}
      <JoinForm model={model} trans={trans} ended={setRefusal} />
    </details>
  );
}

/** A join link leads to its course, which is shown then; `ended` hears why not. */
function JoinForm(props: {
  model: CourseModel;
  trans: TranslationBundle;
  ended?: (refusal: string) => void;
}): JSX.Element {
  const { model, trans, ended } = props;
  const [link, setLink] = React.useState('');
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void model.join(link).then(done => {
          ended?.(done ? '' : (model.problem ?? ''));
          if (done) {
            setLink('');
          }
        });
      }}
    >
      <label htmlFor="cw-link">
        {trans.__('Paste the join link that your course sent you')}
      </label>
      <input
        id="cw-link"
        value={link}
        data-lm-suppress-shortcuts="true"
        onChange={event => setLink(event.target.value)}
        required
      />
      <button disabled={model.working}>{trans.__('Join')}</button>
    </form>
  );
}
