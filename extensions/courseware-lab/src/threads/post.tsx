import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IAttachment, IAuthor, IPost, Reaction } from '../api/discussion';
import { Body } from './body';
import type { PanelModel } from './model';
import { ago, named, role } from './words';

interface IProps {
  post: IPost;
  model: PanelModel;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** Who wrote, and what they are here. */
export function Author(props: {
  author: IAuthor;
  trans: TranslationBundle;
}): JSX.Element {
  const { author, trans } = props;
  const title = role(author, trans);
  return (
    <>
      <strong dir="auto">{named(author, trans)}</strong>
      {author.me && <span className="cw-Tag">{trans.__('You')}</span>}
      {title && <span className="cw-Tag cw-mod-staff">{title}</span>}
    </>
  );
}

/** One post of a thread. */
export function Post(props: IProps): JSX.Element {
  const { post, model, trans } = props;
  const [mode, setMode] = React.useState<'read' | 'edit' | 'report'>('read');
  const gone = post.state !== 'shown';
  return (
    <article
      className={post.answer ? 'cw-Post cw-mod-answer' : 'cw-Post'}
      aria-label={trans.__(
        'Comment %1 by %2',
        post.number,
        named(post.author, trans)
      )}
    >
      <header>
        <Author author={post.author} trans={trans} />{' '}
        <time dateTime={post.created} title={post.created}>
          {ago(post.created, new Date(), trans)}
        </time>
        {post.edited && <span> · {trans.__('edited')}</span>}
        {post.answer && (
          <span className="cw-Tag cw-mod-good">{trans.__('Answer')}</span>
        )}
        {post.endorsed && (
          <span className="cw-Tag cw-mod-good">
            {trans.__('Endorsed by staff')}
          </span>
        )}
      </header>
      {gone && (
        <p className="cw-Note">
          {post.state === 'deleted'
            ? trans.__('This comment was deleted.')
            : trans.__('This comment was hidden by staff.')}
        </p>
      )}
      {mode === 'edit' ? (
        <Edit
          label={trans.__('Your comment')}
          begin={post.body}
          save={trans.__('Save')}
          trans={trans}
          onSave={body => model.changePost(post, { body })}
          onEnd={() => setMode('read')}
        />
      ) : (
        !gone && <Body text={post.body} rendermime={props.rendermime} />
      )}
      {post.attachment && !gone && (
        <Attached attachment={post.attachment} trans={trans} />
      )}
      {mode === 'report' && (
        <Edit
          label={trans.__('What is wrong with it? Staff will see this.')}
          begin=""
          save={trans.__('Report')}
          trans={trans}
          onSave={reason => model.report(post, reason)}
          onEnd={() => setMode('read')}
        />
      )}
      {mode === 'read' && (
        <Acts
          {...props}
          edit={() => setMode('edit')}
          report={() => setMode('report')}
        />
      )}
    </article>
  );
}

/** What can be done with a post, in the order of how often it is. */
function Acts(props: IProps & { edit(): void; report(): void }): JSX.Element {
  const { post, model, trans } = props;
  const names: Record<Reaction, string> = {
    thanks: trans.__('Thanks'),
    same: trans.__('Same question'),
    insight: trans.__('Helpful')
  };
  const may = (what: string): boolean => post.can.includes(what);
  const act = (label: string, does: () => void): JSX.Element => (
    <button key={label} type="button" onClick={does}>
      {label}
    </button>
  );
  const of = (kind: Reaction): { count: number; mine: boolean } =>
    post.reactions.find(each => each.kind === kind) ?? {
      count: 0,
      mine: false
    };
  const staff =
    may('endorse') &&
    act(
      post.endorsed
        ? trans.__('Take the endorsement back')
        : trans.__('Endorse'),
      () => void model.changePost(post, { endorsed: !post.endorsed })
    );
  return (
    <div className="cw-Acts">
      {may('react') &&
        (Object.keys(names) as Reaction[]).map(kind => (
          <button
            key={kind}
            type="button"
            aria-pressed={of(kind).mine}
            onClick={() => void model.react(post, kind, !of(kind).mine)}
          >
            {names[kind]}
            {of(kind).count > 0 && ` ${of(kind).count}`}
          </button>
        ))}
      {may('answer') &&
        act(
          post.answer
            ? trans.__('Not the answer')
            : trans.__('This answers it'),
          () => void model.changePost(post, { answer: !post.answer })
        )}
      {staff}
      {may('edit') && act(trans.__('Edit'), props.edit)}
      {may('delete') &&
        act(
          trans.__('Delete'),
          () => void model.changePost(post, { state: 'deleted' })
        )}
      {may('restore') &&
        act(
          trans.__('Restore'),
          () => void model.changePost(post, { state: 'shown' })
        )}
      {may('report') && act(trans.__('Report'), props.report)}
    </div>
  );
}

/** A field with Save and Cancel; Escape cancels. */
function Edit(props: {
  label: string;
  begin: string;
  save: string;
  trans: TranslationBundle;
  onSave(text: string): Promise<boolean>;
  onEnd(): void;
}): JSX.Element {
  const [text, setText] = React.useState(props.begin);
  const id = React.useId();
  return (
    <form
      className="cw-Composer"
      onSubmit={event => {
        event.preventDefault();
        void props.onSave(text).then(done => done && props.onEnd());
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onEnd();
        }
      }}
    >
      <label htmlFor={id}>{props.label}</label>
      <textarea
        id={id}
        dir="auto"
        rows={4}
        autoFocus
        value={text}
        data-lm-suppress-shortcuts="true"
        onChange={event => setText(event.target.value)}
      />
      <div className="cw-Buttons">
        <button className="cw-mod-main" disabled={!text.trim()}>
          {props.save}
        </button>
        <button type="button" onClick={props.onEnd}>
          {props.trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

/** The cell and the error that somebody asked about. */
function Attached(props: {
  attachment: IAttachment;
  trans: TranslationBundle;
}): JSX.Element {
  const { attachment, trans } = props;
  return (
    <details className="cw-Attached">
      <summary>{trans.__('The cell as it was when asked')}</summary>
      <pre dir="ltr">{attachment.cell}</pre>
      {attachment.traceback && <pre dir="ltr">{attachment.traceback}</pre>}
    </details>
  );
}
