import * as React from 'react';
import { Finding, type IActs } from './finding';
import { codes } from './findings';
import type { AuthorModel } from './model';
import type { Words } from './words';

/** Upload the lesson as a draft, which an instructor publishes on the course's pages. */
export function DraftPart(props: {
  model: AuthorModel;
  words: Words;
  acts: IActs;
}): JSX.Element {
  const { model, words, acts } = props;
  const [notes, note] = React.useState('');
  const [accepted, accept] = React.useState<string[]>([]);
  const choice = codes(model.against);
  const { draft } = model;
  const tests = draft?.report.exercises ?? [];
  const off = tests.filter(
    each => each.on_key < each.points || each.on_blank > 0
  );
  return (
    <section aria-label={words.__('Draft release')}>
      <h3>{words.__('Draft release')}</h3>
      <p className="cw-Note">
        {words.__(
          "The course runs the key and a blank copy, and keeps the lesson for staff to look at. It is published on the course's pages."
        )}
      </p>
      <form
        onSubmit={event => {
          event.preventDefault();
          const taken = accepted.filter(code => choice.includes(code));
          void model.upload(notes, taken);
        }}
      >
        <label>
          {words.__('What is new, for students')}
          <textarea
            rows={2}
            dir="auto"
            value={notes}
            onChange={event => note(event.target.value)}
          />
        </label>
        {choice.length > 0 && (
          <fieldset>
            <legend>{words.__('Upload it nevertheless')}</legend>
            {choice.map(code => (
              <label key={code}>
                <input
                  type="checkbox"
                  checked={accepted.includes(code)}
                  onChange={event =>
                    accept(
                      event.target.checked
                        ? [...accepted, code]
                        : accepted.filter(each => each !== code)
                    )
                  }
                />
                <code>{code}</code>
              </label>
            ))}
            <p className="cw-Note">
              {words.__('What you accept is kept with the release.')}
            </p>
          </fieldset>
        )}
        <button type="submit" aria-disabled={model.busy !== ''}>
          {words.__('Upload a draft')}
        </button>
      </form>
      <p role="status" className="cw-Note">
        {model.busy === 'draft' &&
          words.__('The course checks the lesson. This takes some seconds…')}
        {draft &&
          `${words.__('The draft is uploaded.')} ${words._n(
            '%1 test passed on the key and did not on a blank copy.',
            '%1 tests passed on the key and did not on a blank copy.',
            tests.length - off.length
          )}`}
      </p>
      {off.length > 0 && (
        <ul className="cw-Author-findings">
          {off.map(each => (
            <li key={`${each.notebook}-${each.key}`} className="cw-mod-warning">
              <bdi>{each.key}</bdi>
              {': '}
              {words.__(
                'The key gets %1 of %2 points, a blank copy %3.',
                each.on_key,
                each.points,
                each.on_blank
              )}
            </li>
          ))}
        </ul>
      )}
      {model.against.length > 0 && (
        <ul className="cw-Author-findings">
          {model.against.map(each => (
            <li key={each} className="cw-mod-error" dir="auto">
              {each}
            </li>
          ))}
        </ul>
      )}
      {draft && (
        <>
          <ul className="cw-Author-findings">
            {draft.report.findings.map((finding, at) => (
              <Finding key={at} finding={finding} words={words}>
                <bdi>{finding.where}</bdi>
              </Finding>
            ))}
          </ul>
          <div className="cw-Buttons">
            <button type="button" onClick={() => acts.page(draft.page)}>
              {words.__("Open the draft's page")}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
