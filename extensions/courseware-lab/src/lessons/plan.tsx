import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPlan, PlanWish } from '../api/plan';
import { Said } from './said';
import { wish } from './way';

/** What the forms of one's own plan do; a refusal comes as an error with its sentence. */
export interface IPlanning {
  plan(): Promise<IPlan>;
  change(wish: PlanWish): Promise<IPlan>;
}

/** One's own hours, pause and zone; asked for when somebody looks. */
export function Plan(props: {
  planning: IPlanning;
  trans: TranslationBundle;
}): JSX.Element {
  const { planning, trans } = props;
  const [plan, setPlan] = React.useState<IPlan | null>(null);
  const [problem, setProblem] = React.useState('');
  const look = (): void => {
    setProblem('');
    planning
      .plan()
      .then(setPlan, (error: unknown) => setProblem(sentence(error)));
  };
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open && plan === null) {
          look();
        }
      }}
    >
      <summary>{trans.__('Hours a week, pause, time zone')}</summary>
      <div role="status" aria-live="polite">
        {problem && <Said loud text={problem} />}
        {!plan && !problem && <p>{trans.__('Loading…')}</p>}
      </div>
      {plan && (
        <Forms
          plan={plan}
          trans={trans}
          change={async wished => setPlan(await planning.change(wished))}
        />
      )}
    </details>
  );
}

function Forms(props: {
  plan: IPlan;
  change: (wished: PlanWish) => Promise<void>;
  trans: TranslationBundle;
}): JSX.Element {
  const { plan, change, trans } = props;
  const field = { required: true, 'data-lm-suppress-shortcuts': 'true' };
  const form = { change, trans };
  return (
    <>
      <Form {...form} act="hours" button={trans.__('Plan with these hours')}>
        <label htmlFor="cw-hours">
          {trans.__('Hours a week that you mean to work for this course')}
        </label>
        <input
          {...field}
          id="cw-hours"
          name="hours"
          type="number"
          step="any"
          min={plan.least_hours ?? undefined}
          max={plan.most_hours ?? undefined}
          defaultValue={plan.hours ?? undefined}
          aria-describedby="cw-hours-note"
        />
        <p className="cw-Note" id="cw-hours-note">
          {trans.__(
            'From %1 to %2. The dates that are still to come are laid out anew.',
            plan.least_hours,
            plan.most_hours
          )}
        </p>
      </Form>
      <Form {...form} act="pause" button={trans.__('Pause these days')}>
        <label htmlFor="cw-first">{trans.__('First day of a pause')}</label>
        <input {...field} id="cw-first" name="first" type="date" />
        <label htmlFor="cw-last">{trans.__('Last day of a pause')}</label>
        <input
          {...field}
          id="cw-last"
          name="last"
          type="date"
          aria-describedby="cw-last-note"
        />
        <p className="cw-Note" id="cw-last-note">
          {trans.__('What was due on these days and later moves along.')}
        </p>
      </Form>
      <p className="cw-Note">
        {trans.__('Your dates are in the time zone %1.', plan.zone)}
      </p>
      {plan.own_zone && (
        <Form {...form} act="zone" button={trans.__('Use this zone')}>
          <label htmlFor="cw-zone">
            {trans.__('Where you live now, such as America/New_York')}
          </label>
          <input
            {...field}
            id="cw-zone"
            name="zone"
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            defaultValue={plan.zone}
            aria-describedby="cw-zone-note"
          />
          <p className="cw-Note" id="cw-zone-note">
            {trans.__(
              'Dates of your pace that are still to come move to the clock there. What has passed stays.'
            )}
          </p>
        </Form>
      )}
    </>
  );
}

/** One change, with what came of it beside its button. The button keeps the focus while the course is asked. */
function Form(props: {
  act: 'hours' | 'pause' | 'zone';
  button: string;
  change: (wished: PlanWish) => Promise<void>;
  trans: TranslationBundle;
  children: React.ReactNode;
}): JSX.Element {
  const { act, trans } = props;
  const [busy, setBusy] = React.useState(false);
  const [said, setSaid] = React.useState('');
  const [problem, setProblem] = React.useState('');
  const send = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    setSaid('');
    setProblem('');
    try {
      await props.change(wish(act, new FormData(form)));
      setSaid(trans.__('Your plan was changed. The lessons show your dates.'));
      if (act === 'pause') {
        // Another press would be another pause.
        form.reset();
      }
    } catch (error) {
      setProblem(sentence(error));
    }
    setBusy(false);
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (!busy) {
          void send(event.currentTarget);
        }
      }}
    >
      {props.children}
      <button aria-disabled={busy}>{props.button}</button>
      <div role="status" aria-live="polite">
        {said && <p className="cw-Note">{said}</p>}
        {problem && <Said loud text={problem} />}
      </div>
    </form>
  );
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
