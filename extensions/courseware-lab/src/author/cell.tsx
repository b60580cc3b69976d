import type { Cell } from '@jupyterlab/cells';
import * as React from 'react';
import {
  type CellType,
  counts,
  idOf,
  type Kind,
  kindOf,
  kindsOf,
  pointsOf,
  wrongId
} from './marks';
import type { AuthorModel } from './model';
import { badId, kind, type Words } from './words';

interface IProps {
  model: AuthorModel;
  words: Words;
}

/** What the active cell is for, its id and its points. */
export function ThisCell(props: IProps & { cell: Cell }): JSX.Element {
  const { model, words, cell } = props;
  const marks: unknown = cell.model.getMetadata('nbgrader');
  const now = kindOf(marks);
  const code = cell.model.type === 'code';
  return (
    <section className="cw-Author-cell" aria-label={words.__('This cell')}>
      <h3>{words.__('This cell')}</h3>
      <label>
        {words.__('What it is for')}
        <select
          value={now}
          onChange={event => model.mark(cell, event.target.value as Kind)}
        >
          {kindsOf(cell.model.type as CellType).map(each => (
            <option key={each} value={each}>
              {kind(each, words)}
            </option>
          ))}
        </select>
      </label>
      {now !== 'ordinary' && (
        <div className="cw-Author-pair">
          <Id key={cell.model.id} {...props} id={idOf(marks)} />
          {counts(now) && (
            <label>
              {words.__('Points')}
              <input
                type="number"
                min="0"
                step="any"
                value={pointsOf(marks)}
                onChange={event => {
                  const points = event.target.valueAsNumber;
                  if (points >= 0) {
                    model.value(cell, points);
                  }
                }}
              />
            </label>
          )}
        </div>
      )}
      <div className="cw-Buttons">
        {(now === 'answer' || now === 'manual') && (
          <button type="button" onClick={() => model.wrap(cell, 'solution')}>
            {words.__('Put the selection into a solution')}
          </button>
        )}
        {now === 'tests' && code && (
          <button type="button" onClick={() => model.wrap(cell, 'hidden')}>
            {words.__('Hide the selected tests')}
          </button>
        )}
        {now === 'task' && (
          <button type="button" onClick={() => model.wrap(cell, 'scheme')}>
            {words.__('Put the selection into a mark scheme')}
          </button>
        )}
      </div>
    </section>
  );
}

/** The id of a cell. What cannot be one is said while it is typed, and written only once it can. */
function Id(props: IProps & { cell: Cell; id: string }): JSX.Element {
  const { model, words, cell, id } = props;
  const [typed, type] = React.useState(id);
  React.useEffect(() => type(id), [id]);
  const others = model.idsBut(cell);
  const said = badId(wrongId(typed, others), words);
  return (
    <label>
      {words.__('Id')}
      <input
        value={typed}
        spellCheck={false}
        aria-invalid={said !== ''}
        aria-describedby="courseware-author-id"
        onChange={event => {
          const next = event.target.value;
          type(next);
          if (!wrongId(next, others)) {
            model.rename(cell, next);
          }
        }}
      />
      <span id="courseware-author-id" role="status" className="cw-Late">
        {said}
      </span>
    </label>
  );
}
