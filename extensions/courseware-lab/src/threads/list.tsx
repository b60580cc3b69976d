import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { clock } from '../clock';
import type { Filter, IThread } from '../api/discussion';
import type { PanelModel } from './model';
import { ago, called, kind, named } from './words';

interface IProps {
  model: PanelModel;
  trans: TranslationBundle;
}

/** Which threads are listed: a filter and a search. */
export function Filters(props: IProps): JSX.Element {
  const { model, trans } = props;
  const [query, setQuery] = React.useState(model.query);
  const names: [Filter, string][] = [
    ['all', trans.__('All')],
    ['unread', trans.__('Unread')],
    ['unanswered', trans.__('Unanswered')],
    ['mine', trans.__('Mine')],
    ['endorsed', trans.__('Endorsed')]
  ];
  return (
    <>
      <form
        role="search"
        className="cw-Search"
        onSubmit={event => {
          event.preventDefault();
          void model.openAll(model.filter, query);
        }}
      >
        <input
          type="search"
          dir="auto"
          value={query}
          aria-label={trans.__('Search the discussion')}
          placeholder={trans.__('Search')}
          data-lm-suppress-shortcuts="true"
          onChange={event => {
            setQuery(event.target.value);
            if (!event.target.value) {
              void model.openAll(model.filter, '');
            }
          }}
        />
      </form>
      <div
        className="cw-Filters"
        role="group"
        aria-label={trans.__('Show only')}
      >
        {names.map(([filter, label]) => (
          <button
            key={filter}
            type="button"
            aria-pressed={model.filter === filter}
            onClick={() => void model.openAll(filter, query)}
          >
            {label}
          </button>
        ))}
      </div>
    </>
  );
}

/** A list of threads. */
export function Rows(props: IProps): JSX.Element {
  const { model, trans } = props;
  if (model.threads === null) {
    return <p role="status">{model.problem ? '' : trans.__('Loading…')}</p>;
  }
  return (
    <>
      <ul className="cw-Rows" aria-label={trans.__('Discussions')}>
        {model.threads.map(thread => (
          <Row key={thread.id} thread={thread} {...props} />
        ))}
      </ul>
      {model.more && (
        <div className="cw-Buttons">
          <button type="button" onClick={() => void model.moreThreads()}>
            {trans.__('Show more')}
          </button>
        </div>
      )}
    </>
  );
}

function Row(props: IProps & { thread: IThread }): JSX.Element {
  const { thread, model, trans } = props;
  const where =
    model.view === 'all' && thread.key ? model.book?.label(thread.key) : '';
  return (
    <li className={thread.unread ? 'cw-Row cw-mod-unread' : 'cw-Row'}>
      <button type="button" onClick={() => void model.openThread(thread.id)}>
        <span className="cw-RowTitle" dir="auto">
          {called(thread, trans)}
        </span>
        {where && (
          <span className="cw-Note" dir="auto">
            {where}
          </span>
        )}
        <span className="cw-Note">
          {thread.pinned && <>{trans.__('Pinned')} · </>}
          {kind(thread, trans)} ·{' '}
          {typeof thread.moment === 'number' && (
            <>{trans.__('at %1', clock(thread.moment))} · </>
          )}
          <bdi>{named(thread.author, trans)}</bdi> ·{' '}
          {trans._n('%1 comment', '%1 comments', thread.posts)} ·{' '}
          {ago(thread.last, new Date(), trans)}
        </span>
        {thread.unread > 0 && (
          <span className="cw-Tag cw-mod-new">
            {trans._n('%1 new', '%1 new', thread.unread)}
          </span>
        )}
      </button>
    </li>
  );
}

/** Discussions of cells that this copy has no more: deleted, merged away, or of an earlier release. */
export function NotHere(props: IProps): JSX.Element | null {
  const { model, trans } = props;
  const { summary } = model.lesson ?? {};
  if (!summary) {
    return null;
  }
  const keys = Object.keys(summary.cells).filter(
    key => summary.cells[key].threads > 0 && !model.book?.label(key)
  );
  if (!keys.length) {
    return null;
  }
  return (
    <details className="cw-NotHere">
      <summary>{trans.__('Not in your copy (%1)', keys.length)}</summary>
      <ul>
        {keys.map(key => (
          <li key={key}>
            <button type="button" onClick={() => void model.openCell(key)}>
              {summary.texts[key]?.title || trans.__('A cell of the lesson')}
            </button>
            <pre dir="auto">{summary.texts[key]?.text}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}
