import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import * as React from 'react';
import { speak } from '../tongue';
import { ThisCell } from './cell';
import { DraftPart } from './draft';
import { Finding, type IActs } from './finding';
import { counts, idOf, kindOf, pointsOf } from './marks';
import type { AuthorModel } from './model';
import { total } from './score';
import { StandingPart } from './standing';
import { came, ending, kind, points, stands, type Words } from './words';

/** What stands in the "Author" side panel. */
export class AuthorPanel extends VDomRenderer<AuthorModel> {
  constructor(
    model: AuthorModel,
    private readonly acts: IActs,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('cw-Panel');
    this.addClass('cw-Author');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Author'));
    speak(this.node, trans);
    this.node.addEventListener('keydown', event => {
      const writes =
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLTextAreaElement;
      if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !writes) {
        event.preventDefault();
        acts.undo();
      } else if (event.key === 'Escape' && model.active) {
        acts.jump(model.active);
      }
    });
  }

  /** Go to the panel's heading once it is drawn; Escape leads back to the cell. */
  enter(): void {
    this.update();
    void Promise.resolve(this.renderPromise).then(() =>
      this.node.querySelector<HTMLElement>('h2')?.focus()
    );
  }

  protected render(): JSX.Element {
    const { model, trans } = this;
    const active = model.active;
    return (
      <>
        <h2 tabIndex={-1}>{trans.__('Author')}</h2>
        {model.place ? (
          <>
            <p className="cw-Note">
              {trans.__('Lesson')} <bdi>{model.place.lesson}</bdi>
              {!model.place.listed && (
                <> · {trans.__('not in course.toml yet')}</>
              )}
            </p>
            <div role="alert">
              {model.problem && (
                <p className="cw-Banner" dir="auto">
                  {model.problem}
                </p>
              )}
            </div>
            {active && <ThisCell model={model} words={trans} cell={active} />}
            <Marked model={model} words={trans} acts={this.acts} />
            <Looked model={model} words={trans} acts={this.acts} />
            <Trial model={model} words={trans} />
            <DraftPart model={model} words={trans} acts={this.acts} />
            <StandingPart model={model} words={trans} acts={this.acts} />
          </>
        ) : (
          <p>
            {trans.__(
              "Open a notebook of a lesson in the course's folder to say what its cells are for."
            )}
          </p>
        )}
      </>
    );
  }
}

interface IProps {
  model: AuthorModel;
  words: Words;
}

/** All marked cells, with their points and the sum. */
function Marked(props: IProps & { acts: IActs }): JSX.Element {
  const { model, words, acts } = props;
  const rows = model.widgets
    .map(cell => ({
      cell,
      marks: cell.model.getMetadata('nbgrader') as unknown
    }))
    .filter(({ marks }) => kindOf(marks) !== 'ordinary');
  const sum = rows.map(({ marks }) => pointsOf(marks));
  return (
    <section aria-label={words.__('Marked cells')}>
      <h3>{words.__('Marked cells')}</h3>
      {rows.length ? (
        <table>
          <thead className="cw-Author-unseen">
            <tr>
              <th scope="col">{words.__('Cell')}</th>
              <th scope="col">{words.__('Points')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ cell, marks }) => (
              <tr key={cell.model.id}>
                <th scope="row">
                  <button
                    type="button"
                    className="cw-Author-jump"
                    aria-current={cell === model.active ? 'true' : undefined}
                    onClick={() => acts.jump(cell)}
                  >
                    <bdi>{idOf(marks) || words.__('without an id')}</bdi>
                  </button>
                  <span className="cw-Note">{kind(kindOf(marks), words)}</span>
                </th>
                <td>{counts(kindOf(marks)) ? pointsOf(marks) : ''}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{words.__('Together')}</th>
              <td>
                {Math.round(sum.reduce((a, b) => a + b, 0) * 1000) / 1000}
              </td>
            </tr>
          </tfoot>
        </table>
      ) : (
        <p className="cw-Note">
          {words.__('No cell is marked yet. Choose what a cell is for.')}
        </p>
      )}
      <div className="cw-Buttons">
        <button type="button" onClick={() => acts.undo()}>
          {words.__('Undo the last change of a cell')}
        </button>
      </div>
    </section>
  );
}

/** What lint says, and a button to ask. */
function Looked(props: IProps & { acts: IActs }): JSX.Element {
  const { model, words, acts } = props;
  const looked = model.looked;
  const own = looked ? [...looked.cells.values()].flat() : [];
  const cell = (id: string): Cell | undefined =>
    model.widgets.find(each => each.model.id === id);
  return (
    <section aria-label={words.__('Before it is released')}>
      <h3>{words.__('Before it is released')}</h3>
      <p className="cw-Note" role="status">
        {model.busy === 'lint'
          ? words.__('Looking it over…')
          : looked
            ? stands([...own, ...looked.others], words)
            : words.__('It is looked over when you save the notebook.')}
      </p>
      {looked && (
        <ul className="cw-Author-findings">
          {[...looked.cells].map(([id, findings]) =>
            findings.map((finding, at) => (
              <Finding key={`${id}-${at}`} finding={finding} words={words}>
                <button
                  type="button"
                  className="cw-Author-jump"
                  onClick={() => {
                    const found = cell(id);
                    if (found) {
                      acts.jump(found);
                    }
                  }}
                >
                  <bdi>{finding.where}</bdi>
                </button>
              </Finding>
            ))
          )}
          {looked.others.map((finding, at) => (
            <Finding key={at} finding={finding} words={words}>
              <bdi>{finding.where}</bdi>
            </Finding>
          ))}
        </ul>
      )}
      <div className="cw-Buttons">
        <button
          type="button"
          aria-disabled={model.busy !== ''}
          onClick={() => void model.lint()}
        >
          {words.__('Look it over now')}
        </button>
      </div>
    </section>
  );
}

/** Copies to be tried, and how their tests did. */
function Trial({ model, words }: IProps): JSX.Element {
  const { trial } = model;
  const tried = trial?.tried ?? null;
  const result = trial && tried ? came(trial.as, tried, words) : null;
  return (
    <section aria-label={words.__('Try it')}>
      <h3>{words.__('Try it')}</h3>
      <div className="cw-Buttons">
        {(['blank', 'key'] as const).map(as => (
          <button
            key={as}
            type="button"
            aria-disabled={model.busy !== ''}
            onClick={() => void model.tryIt(as)}
          >
            {as === 'blank'
              ? words.__('Run as a blank student')
              : words.__('Run as the key')}
          </button>
        ))}
      </div>
      <p
        role="status"
        className={result && !result.good ? 'cw-Late' : 'cw-Note'}
      >
        {trial && !result
          ? words.__('Running cell %1 of %2…', trial.done + 1, trial.all)
          : trial && result
            ? `${trial.as === 'blank' ? words.__('As a blank student') : words.__('As the key')}: ${result.said}`
            : words.__(
                'A copy runs in a tab of its own. It goes when you close it.'
              )}
      </p>
      {tried && tried.length > 0 && (
        <table>
          <tbody>
            {tried.map(each => (
              <tr key={each.id}>
                <th scope="row">
                  <bdi>{each.id}</bdi>
                  <span className="cw-Note">{ending(each, words)}</span>
                </th>
                <td>
                  {each.ending === 'person'
                    ? points(each.points, words)
                    : words.__('%1 of %2', each.score, each.points)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{words.__('By the tests')}</th>
              <td>
                {words.__('%1 of %2', total(tried).score, total(tried).points)}
              </td>
            </tr>
          </tfoot>
        </table>
      )}
    </section>
  );
}
