import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { clock } from '../clock';
import type { IThread } from '../api/discussion';
import { Composer } from './composer';
import type { PanelModel } from './model';
import { Post } from './post';
import { called, kind } from './words';

interface IProps {
  model: PanelModel;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** One thread: its posts, a page at a time, and a place to reply. */
export function Thread(props: IProps): JSX.Element {
  const { model, trans, rendermime } = props;
  const page = model.page;
  return (
    <section aria-busy={page === null}>
      <button
        className="cw-Back"
        type="button"
        onClick={() => void model.back()}
      >
        {trans.__('Back')}
      </button>
      {page === null ? (
        <p role="status">{model.problem ? '' : trans.__('Loading…')}</p>
      ) : (
        <>
          <h2 tabIndex={-1} dir="auto">
            {called(page.thread, trans)}
          </h2>
          <p className="cw-Note">
            {kind(page.thread, trans)}
            {typeof page.thread.moment === 'number' && (
              <>
                {' '}
                · {trans.__('at %1 of the video', clock(page.thread.moment))}
              </>
            )}
            {page.thread.claimed_by && (
              <>
                {' · '}
                {trans.__('%1 looks after it', page.thread.claimed_by.name)}
              </>
            )}
          </p>
          <Head model={model} thread={page.thread} trans={trans} />
          {page.earlier && (
            <button
              type="button"
              className="cw-More"
              onClick={() => void model.earlier()}
            >
              {trans.__('Show earlier comments')}
            </button>
          )}
          <ol className="cw-Posts" aria-label={trans.__('Comments')}>
            {page.posts.map(post => (
              <li key={post.id}>
                <Post
                  post={post}
                  model={model}
                  rendermime={rendermime}
                  trans={trans}
                />
              </li>
            ))}
          </ol>
          {page.later && (
            <button
              type="button"
              className="cw-More"
              onClick={() => void model.later()}
            >
              {trans.__('Show later comments')}
            </button>
          )}
          <Reply {...props} thread={page.thread} />
        </>
      )}
    </section>
  );
}

/** What can be done with the thread as a whole. */
function Head(props: {
  model: PanelModel;
  thread: IThread;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, thread, trans } = props;
  const may = (what: string): boolean => thread.can.includes(what);
  const act = (label: string, does: () => void): JSX.Element => (
    <button key={label} type="button" onClick={does}>
      {label}
    </button>
  );
  const { key, moment } = thread;
  return (
    <div className="cw-Acts">
      {key !== null &&
        typeof moment === 'number' &&
        model.book?.label(key) &&
        act(trans.__('Play from %1', clock(moment)), () =>
          model.book?.seek(key, moment)
        )}
      {key !== null &&
        model.book?.label(key) &&
        act(trans.__('Show the cell'), () => model.book?.jump(key))}
      {act(
        thread.following ? trans.__('Stop following') : trans.__('Follow'),
        () => void model.follow(!thread.following)
      )}
      {may('resolve') &&
        act(
          thread.state === 'open'
            ? trans.__('Mark as answered')
            : trans.__('Open again'),
          () =>
            void model.changeThread({
              state: thread.state === 'open' ? 'resolved' : 'open'
            })
        )}
      {may('pin') &&
        act(
          thread.pinned ? trans.__('Unpin') : trans.__('Pin'),
          () => void model.changeThread({ pinned: !thread.pinned })
        )}
      {may('lock') &&
        act(
          thread.locked ? trans.__('Unlock') : trans.__('Lock'),
          () => void model.changeThread({ locked: !thread.locked })
        )}
    </div>
  );
}

function Reply(props: IProps & { thread: IThread }): JSX.Element {
  const { model, thread, trans } = props;
  if (!thread.can.includes('reply')) {
    return (
      <p className="cw-Note">
        {thread.locked
          ? trans.__('This discussion is closed.')
          : trans.__('You cannot reply here.')}
      </p>
    );
  }
  return (
    <Composer
      place={thread.id}
      label={trans.__('Your reply')}
      send={trans.__('Reply')}
      begins={false}
      drafts={model.drafts}
      busy={model.sending}
      rendermime={props.rendermime}
      trans={trans}
      can={what =>
        what === 'anonymous' &&
        thread.kind !== 'private' &&
        (model.lesson?.can(what) ?? false)
      }
      names={q => model.client.names(q)}
      anonymous={model.page?.posts.some(
        ({ author }) => author.me && author.anonymous
      )}
      onSend={draft => model.reply(thread.id, draft)}
    />
  );
}
