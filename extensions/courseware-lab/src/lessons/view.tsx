import { VDomRenderer } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILesson, ISubmission } from '../api/types';
import { speak } from '../tongue';
import { Courses } from './courses';
import { Formats } from './formats';
import { Got } from './got';
import { Join, JoinAnother } from './join';
import { Way } from './map';
import { CourseModel } from './model';
import { News } from './news';
import type { IPlanning } from './plan';
import { Said } from './said';
import type { Jump } from './since';
import { Shift } from './shift';
import { type IUpdates, Update } from './update';
import { step } from './way';
import { dates, day, missing, span, standing, state, waits } from './words';

/** What the panel's buttons do. */
export interface IActions extends IUpdates, IPlanning {
  get(lesson: ILesson): void;
  open(lesson: ILesson): void;
  begin(lesson: ILesson): void;
  submit(lesson: ILesson): void;
  feedback(lesson: ILesson): void;
  keep(lesson: ILesson): void;
  resume(lesson: ILesson): void;
  pack(lesson: ILesson): void;
  history(lesson: ILesson): Promise<ISubmission[]>;
  shift(): Promise<boolean>;
  receipt(work: ISubmission): void;
  go(jump: Jump): void;
  pages(): void;
  page(lesson: ILesson): void;
}

/** The "Course" side panel. */
export class CoursePanel extends VDomRenderer<CourseModel> {
  constructor(
    model: CourseModel,
    private readonly actions: IActions,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('cw-Panel');
    this.id = 'courseware-course';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Course'));
    speak(this.node, trans);
  }

  protected render(): JSX.Element {
    const { status, problem, away } = this.model;
    // A shift begins the first missed lesson anew, so it is offered there alone.
    const missed = this.model.lessons.find(lesson => lesson.can_shift);
    if (status === null) {
      return <p dir="auto">{problem || this.trans.__('Loading…')}</p>;
    }
    if (!status.connected) {
      return <Join model={this.model} trans={this.trans} />;
    }
    return (
      <>
        <Courses
          courses={status.courses ?? []}
          course={this.model.course}
          choose={course => void this.model.choose(course)}
          trans={this.trans}
        />
        <h2 dir="auto">{status.course?.title}</h2>
        <div role="status" aria-live="polite">
          {away && (
            <p className="cw-Banner">
              {this.trans.__(
                'The course service is away. Your work waits here and goes out later.'
              )}
            </p>
          )}
          {problem && !away && <Said loud text={problem} />}
        </div>
        <div className="cw-Buttons">
          <button disabled={this.model.working} onClick={this.actions.pages}>
            {this.trans.__("Open the course's pages")}
          </button>
        </div>
        <News model={this.model} go={this.actions.go} trans={this.trans} />
        {this.model.progress && (
          <Way
            told={this.model.progress}
            lessons={this.model.lessons}
            working={this.model.working}
            begin={this.actions.begin}
            planning={this.actions}
            trans={this.trans}
          />
        )}
        {this.model.lessons.length === 0 && (
          <p>
            {this.trans.__(
              'No lessons yet. They appear here when the course opens them.'
            )}
          </p>
        )}
        <ul aria-label={this.trans.__('Lessons')}>
          {this.model.lessons.map(lesson => (
            <Lesson
              key={lesson.slug}
              lesson={lesson}
              step={this.step(lesson)}
              shifts={lesson === missed}
              got={
                this.model.got?.lesson === lesson.slug ? this.model.got : null
              }
              working={this.model.working}
              actions={this.actions}
              trans={this.trans}
            />
          ))}
        </ul>
        {status.joins && <JoinAnother model={this.model} trans={this.trans} />}
      </>
    );
  }

  /** What a lesson is on the way through the course. */
  private step(lesson: ILesson): string {
    const told = this.model.progress;
    const found = told?.lessons.find(each => each.lesson === lesson.slug);
    return step(found, told?.next ?? null, this.trans);
  }
}

function Lesson(props: {
  lesson: ILesson;
  step: string;
  shifts: boolean;
  got: CourseModel['got'];
  working: boolean;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { lesson, actions, trans } = props;
  const work = lesson.submission;
  const button = (label: string, does: (l: ILesson) => void, main = false) => (
    <button
      className={main ? 'cw-mod-main' : ''}
      disabled={props.working}
      aria-label={`${label}: ${lesson.title}`}
      onClick={() => does(lesson)}
    >
      {label}
    </button>
  );
  const graded = lesson.exercises.length > 0;
  return (
    <li className="cw-Lesson">
      {props.step && <p className="cw-Step">{props.step}</p>}
      <h3 dir="auto">{lesson.title}</h3>
      <Said text={dates(lesson, new Date(), trans)} />
      <Why lesson={lesson} trans={trans} />
      <Formats lesson={lesson} trans={trans}>
        {button(trans.__("Open the lesson's page"), actions.page)}
      </Formats>
      <Shift offered={props.shifts} shift={actions.shift} trans={trans}>
        {does => button(trans.__('Shift my dates'), does)}
      </Shift>
      {graded && lesson.due && !work && lesson.late_rule && (
        <Said text={lesson.late_rule} />
      )}
      {graded && (
        <p role="status" aria-live="polite">
          <span className="cw-Score">{standing(lesson, trans)}</span>
          {lesson.outbox > 0 && <> · {trans.__('Waits here to be sent')}</>}
        </p>
      )}
      {lesson.set_mark?.comment && <Said text={lesson.set_mark.comment} />}
      {work?.state === 'waiting' && work.reason && <Said text={work.reason} />}
      {work?.penalty && <Said text={work.penalty} />}
      {work && missing(work, trans) && <Said text={missing(work, trans)} />}
      <Got came={props.got} trans={trans} />
      {lesson.refused.map(each => (
        <p className="cw-Note" role="alert" key={each.path}>
          {trans.__(
            'An earlier hand-in was refused: %1 It is kept in %2.',
            each.reason,
            each.path
          )}
        </p>
      ))}
      {!lesson.release && !lesson.copy && lesson.state !== 'not-open' && (
        <p className="cw-Note">{trans.__('Not released yet')}</p>
      )}
      {lesson.copy && (
        <Update
          key={`${lesson.copy.release}-${lesson.release?.number}`}
          lesson={lesson}
          copy={lesson.copy}
          working={props.working}
          actions={actions}
          trans={trans}
        />
      )}
      {lesson.copy?.elsewhere && (
        <p className="cw-Note">
          {trans.__(
            'The course keeps a newer copy, from another machine. Continue here brings it; what you changed stays.'
          )}
        </p>
      )}
      {work && work.exercises.length > 0 && (
        <Marks lesson={lesson} trans={trans} />
      )}
      {work && (
        <History
          key={work.id + work.state}
          lesson={lesson}
          actions={actions}
          trans={trans}
        />
      )}
      <div className="cw-Buttons">
        {!lesson.copy &&
          lesson.release &&
          button(trans.__('Get'), actions.get, true)}
        {lesson.copy &&
          lesson.release &&
          lesson.copy.gone.length > 0 &&
          button(trans.__('Get what is missing'), actions.get)}
        {(lesson.copy ? lesson.copy.elsewhere : lesson.kept) &&
          button(trans.__('Continue here'), actions.resume)}
        {lesson.copy && button(trans.__('Open'), actions.open)}
        {lesson.copy &&
          graded &&
          lesson.state !== 'closed' &&
          button(trans.__('Submit'), actions.submit, true)}
        {lesson.copy &&
          graded &&
          button(trans.__('Keep a copy in the course'), actions.keep)}
        {work?.state === 'marked' &&
          work.marks_visible &&
          button(trans.__('Feedback'), actions.feedback)}
        {lesson.release && button(trans.__('For offline'), actions.pack)}
      </div>
    </li>
  );
}

/** Why the dates are as they are; nothing where there is nothing to say. */
function Why(props: {
  lesson: ILesson;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { lesson, trans } = props;
  if (!lesson.why || (!lesson.due && !lesson.closes)) {
    return null;
  }
  return (
    <details className="cw-Why">
      <summary>{trans.__('Why these dates?')}</summary>
      <Said text={lesson.why} />
    </details>
  );
}

function Marks(props: {
  lesson: ILesson;
  trans: TranslationBundle;
}): JSX.Element {
  const { lesson, trans } = props;
  return (
    <details>
      <summary>{trans.__('Marks per exercise')}</summary>
      <table>
        <tbody>
          {lesson.submission?.exercises.map(mark => (
            <tr key={`${mark.notebook}/${mark.key}`}>
              <th scope="row" dir="auto">
                {mark.title || mark.key}
                {mark.withheld && (
                  <p className="cw-Note">{waits(mark, trans)}</p>
                )}
                {mark.hint && <Said text={mark.hint} />}
                {mark.comment && <Said text={mark.comment} />}
              </th>
              <td>
                <bdi>
                  {mark.score === null ? '–' : mark.score} / {mark.points}
                </bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Everything that was handed in, with its receipt; asked for when somebody looks. */
function History(props: {
  lesson: ILesson;
  actions: IActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { lesson, actions, trans } = props;
  const [works, setWorks] = React.useState<ISubmission[] | null>(null);
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open && works === null) {
          void actions.history(lesson).then(setWorks);
        }
      }}
    >
      <summary>{trans.__('All hand-ins')}</summary>
      {works === null && <p role="status">{trans.__('Loading…')}</p>}
      <ol className="cw-History">
        {works?.map(work => (
          <li key={work.id}>
            <time dateTime={work.received}>
              {day(new Date(work.received), trans)}
            </time>
            {work.counts && (
              <span className="cw-Tag">{trans.__('Counts')}</span>
            )}
            <p className="cw-Note">
              {state(work, trans)}
              {work.late_seconds > 0 && (
                <>
                  {' · '}
                  {trans.__('late by %1', span(work.late_seconds, trans))}
                </>
              )}
              {work.missing.length > 0 && <> · {missing(work, trans)}</>}
            </p>
            <div className="cw-Buttons">
              <button onClick={() => actions.receipt(work)}>
                {trans.__('Save the receipt')}
              </button>
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}
