import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { clock } from '../clock';
import { Body } from './body';
import type { Drafts, IDraft } from './drafts';
import { Names } from './names';

interface IProps {
  /** Where the draft belongs: a cell, a lesson or a thread. */
  place: string;
  label: string;
  send: string;
  drafts: Drafts;
  busy: boolean;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  /** Whether this begins a thread: it then has a title and a kind. */
  begins: boolean;
  can(what: string): boolean;
  names(q: string): Promise<{ id: string; name: string }[]>;
  /** A cell can be sent along; absent where there is none. */
  attach?: string;
  /** Whether the writer's name is hidden here already: then it stays so unless they choose otherwise. */
  anonymous?: boolean;
  /** The second of a video that can be told along; null where there is none now. */
  moment?(): number | null;
  /** Sends what is written; false if it could not be sent. */
  onSend(
    draft: IDraft,
    attach: boolean,
    moment: number | null
  ): Promise<boolean>;
}

/** Where somebody writes. What is written is kept in this browser until it was posted. */
export function Composer(props: IProps): JSX.Element {
  const { drafts, place, trans } = props;
  const begun = (): IDraft => {
    const kept = drafts.get(place);
    return kept.body || kept.title
      ? kept
      : { ...kept, anonymous: Boolean(props.anonymous) };
  };
  const [draft, setDraft] = React.useState(begun);
  const [preview, setPreview] = React.useState(false);
  const [attach, setAttach] = React.useState(true);
  const [second, setSecond] = React.useState(props.moment?.() ?? null);
  const [pinned, setPinned] = React.useState(false);
  const id = React.useId();
  React.useEffect(() => {
    setDraft(begun());
    setPinned(false);
  }, [place]);
  // The video may go on until somebody begins to write, or says that it is about this moment.
  const look = (): void => {
    if (!draft.body && !pinned) {
      setSecond(props.moment?.() ?? null);
    }
  };
  const change = (part: Partial<IDraft>): void => {
    const next = { ...draft, ...part };
    drafts.put(place, next);
    setDraft(next);
  };
  const ready = Boolean(draft.body.trim()) && !props.busy;
  const send = (): void => {
    if (ready) {
      // What was posted is gone from the field; the next text has a key of its own.
      const told = attach && Boolean(props.attach);
      void props.onSend(draft, told, pinned ? second : null).then(done => {
        if (done) {
          setPreview(false);
          setPinned(false);
          setDraft(begun());
        }
      });
    }
  };
  return (
    <form
      className="cw-Composer"
      onFocus={look}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
      onKeyDown={event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          send();
        }
      }}
    >
      {props.begins && (
        <Beginning
          id={id}
          draft={draft}
          change={change}
          can={props.can}
          trans={trans}
        />
      )}
      <label htmlFor={`${id}-body`}>{props.label}</label>
      {preview ? (
        <div className="cw-Preview">
          <Body text={draft.body} rendermime={props.rendermime} />
        </div>
      ) : (
        <Names
          id={`${id}-body`}
          value={draft.body}
          names={props.names}
          trans={trans}
          onChange={body => change({ body })}
        />
      )}
      <p className="cw-Note">
        {trans.__('Markdown, LaTeX and @names. Ctrl Enter sends.')}
      </p>
      {props.attach && (
        <Tick checked={attach} onChange={setAttach} label={props.attach} />
      )}
      {second !== null && (
        <Tick
          checked={pinned}
          onChange={setPinned}
          label={trans.__('It is about the video at %1', clock(second))}
        />
      )}
      {props.can('anonymous') && draft.kind !== 'private' && (
        <Tick
          checked={draft.anonymous}
          onChange={anonymous => change({ anonymous })}
          label={trans.__('Hide my name from other students')}
        />
      )}
      <div className="cw-Buttons">
        <button className="cw-mod-main" disabled={!ready}>
          {props.busy ? trans.__('Sending…') : props.send}
        </button>
        <button
          type="button"
          aria-pressed={preview}
          disabled={!draft.body.trim()}
          onClick={() => setPreview(!preview)}
        >
          {trans.__('Preview')}
        </button>
      </div>
    </form>
  );
}

/** The title and the kind of a new thread. */
function Beginning(props: {
  id: string;
  draft: IDraft;
  change(part: Partial<IDraft>): void;
  can(what: string): boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { id, draft, change, trans } = props;
  const kinds: [IDraft['kind'], string][] = [
    ['question', trans.__('Question')],
    ['discussion', trans.__('Discussion')]
  ];
  if (props.can('private')) {
    kinds.push(['private', trans.__('Only for staff')]);
  }
  return (
    <>
      <fieldset className="cw-Kinds">
        <legend>{trans.__('What is it?')}</legend>
        {kinds.map(([kind, label]) => (
          <label key={kind}>
            <input
              type="radio"
              name={`${id}-kind`}
              checked={draft.kind === kind}
              onChange={() => change({ kind })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <label htmlFor={`${id}-title`}>
        {trans.__('Title (you may leave it out)')}
      </label>
      <input
        id={`${id}-title`}
        dir="auto"
        maxLength={200}
        value={draft.title}
        data-lm-suppress-shortcuts="true"
        onChange={event => change({ title: event.target.value })}
      />
    </>
  );
}

/** A box to tick. */
function Tick(props: {
  checked: boolean;
  label: string;
  onChange(checked: boolean): void;
}): JSX.Element {
  return (
    <label className="cw-Tick">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
