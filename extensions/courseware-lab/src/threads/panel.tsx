import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomRenderer } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { speak } from '../tongue';
import { warm } from './body';
import { Composer } from './composer';
import { Filters, NotHere, Rows } from './list';
import type { PanelModel } from './model';
import { Thread } from './thread';

/** The "Discussion" side panel. */
export class DiscussionPanel extends VDomRenderer<PanelModel> {
  /** What had the focus when the panel was opened; Escape gives it back. */
  private origin: HTMLElement | null = null;

  constructor(
    model: PanelModel,
    private readonly rendermime: IRenderMimeRegistry,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.id = 'courseware-discussion';
    this.addClass('cw-Panel');
    this.addClass('cw-Discussion');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Discussion'));
    speak(this.node, trans);
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        this.origin?.focus();
      }
    });
    this.node.addEventListener('focusin', event => {
      this.held = event.target instanceof Element ? event.target : null;
      // Whoever has begun to write meanwhile is not called away.
      if (event.target instanceof HTMLTextAreaElement) {
        this.focusSoon = false;
      }
    });
    this.node.addEventListener('focusout', ({ target }) => {
      // What is taken away is still needed to know that it was taken away; what is left is not.
      queueMicrotask(() => {
        if (this.held === target && this.held?.isConnected) {
          this.held = null;
        }
      });
    });
    // Told right after a view is drawn, before a key is: what had the focus may be gone with the old view.
    this.drawn = new MutationObserver(() => this.settle());
    this.drawn.observe(this.node, { childList: true, subtree: true });
  }

  dispose(): void {
    this.drawn.disconnect();
    super.dispose();
  }

  /** Go to the panel's heading once it is drawn; Escape leads back to where one came from. */
  enter(origin: HTMLElement | null): void {
    this.origin = origin;
    this.focusSoon = true;
    this.update();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.model.visible(this.isVisible);
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    warm(this.rendermime);
    this.model.visible(true);
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.model.visible(false);
  }

  protected onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    // A view that is drawn already and stays as it is changes nothing that could be observed.
    void this.renderPromise?.then(() => this.settle());
  }

  /** The heading gets the focus if it shall, or if what had it is gone and nothing else has it. */
  private settle(): void {
    const gone =
      this.held?.isConnected === false &&
      document.activeElement === document.body;
    const heading = this.node.querySelector<HTMLElement>('h2');
    if ((this.focusSoon || gone) && heading) {
      this.focusSoon = false;
      heading.focus();
    }
  }

  protected render(): JSX.Element {
    const { model, trans, rendermime } = this;
    const parts = { model, trans, rendermime };
    if (!model.lesson && model.view !== 'thread') {
      return (
        <>
          <h2 tabIndex={-1}>{trans.__('Discussion')}</h2>
          <p>
            {trans.__(
              'Open a notebook of the course to see what is said about it.'
            )}
          </p>
        </>
      );
    }
    return (
      <>
        <div role="alert">
          {model.problem && (
            <p className="cw-Banner" dir="auto">
              {model.problem}
            </p>
          )}
        </div>
        {model.view === 'all' && <All {...parts} />}
        {model.view === 'cell' && <OfCell {...parts} />}
        {model.view === 'thread' && <Thread {...parts} />}
      </>
    );
  }

  private readonly drawn: MutationObserver;
  private focusSoon = false;
  /** What in the panel had the focus last, unless the focus was taken elsewhere. */
  private held: Element | null = null;
}

interface IParts {
  model: PanelModel;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** The threads of one cell, and a place to begin another. */
function OfCell(props: IParts): JSX.Element {
  const { model, trans } = props;
  const label = model.book?.label(model.key) ?? '';
  return (
    <section>
      <button
        className="cw-Back"
        type="button"
        onClick={() => void model.openAll()}
      >
        {trans.__('All discussions')}
      </button>
      <h2 tabIndex={-1} dir="auto">
        {label || trans.__('Not in your copy')}
      </h2>
      {label && (
        <div className="cw-Acts">
          <button type="button" onClick={() => model.book?.jump(model.key)}>
            {trans.__('Show the cell')}
          </button>
        </div>
      )}
      {model.threads?.length === 0 ? (
        <p className="cw-Empty">
          {trans.__('No comments yet. Start the discussion.')}
        </p>
      ) : (
        <Rows model={model} trans={trans} />
      )}
      {/* Not before it is known that this view stays: what is begun here would go with it. */}
      {(model.threads || model.problem) && (
        <Begin {...props} cell={label !== ''} />
      )}
    </section>
  );
}

/** Everything that is said about the lesson. */
function All(props: IParts): JSX.Element {
  const { model, trans } = props;
  const [writing, setWriting] = React.useState(false);
  return (
    <section>
      <h2 tabIndex={-1}>{trans.__('Discussion')}</h2>
      <Filters model={model} trans={trans} />
      {model.threads?.length === 0 && (
        <p className="cw-Empty">
          {model.query || model.filter !== 'all'
            ? trans.__('Nothing here. Try another filter.')
            : trans.__('No comments yet. Start the discussion.')}
        </p>
      )}
      <Rows model={model} trans={trans} />
      <NotHere model={model} trans={trans} />
      {writing ? (
        <Begin {...props} cell={false} />
      ) : (
        model.lesson?.can('post') && (
          <div className="cw-Buttons">
            <button
              type="button"
              className="cw-mod-main"
              onClick={() => setWriting(true)}
            >
              {trans.__('New discussion of the lesson')}
            </button>
          </div>
        )
      )}
    </section>
  );
}

/** A composer that begins a thread, of a cell or of the lesson. */
function Begin(props: IParts & { cell: boolean }): JSX.Element | null {
  const { model, trans } = props;
  const lesson = model.lesson;
  if (!lesson?.can('post')) {
    return null;
  }
  const place = `${lesson.lesson}:${props.cell ? model.key : ''}`;
  return (
    <Composer
      place={place}
      label={
        props.cell ? trans.__('Ask about this cell') : trans.__('Your comment')
      }
      send={trans.__('Post')}
      begins
      drafts={model.drafts}
      busy={model.sending}
      rendermime={props.rendermime}
      trans={trans}
      can={what => lesson.can(what)}
      names={q => model.client.names(q)}
      attach={
        props.cell ? trans.__('Send my cell and its error along') : undefined
      }
      moment={
        props.cell ? () => model.book?.moment(model.key) ?? null : undefined
      }
      onSend={(draft, attach, moment) =>
        model.ask(place, draft, attach, moment)
      }
    />
  );
}
