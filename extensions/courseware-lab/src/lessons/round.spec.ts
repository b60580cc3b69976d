import type { ILesson, ISubmission } from '../api/types';
import { after, finished, handed } from './round';
import { lesson as sample } from './sample';

function work(id: string, more: Partial<ISubmission> = {}): ISubmission {
  return {
    id,
    lesson: 'one',
    received: '2026-11-23T12:00:00Z',
    late_seconds: 0,
    counts: true,
    state: 'waiting',
    position: 2,
    eta_seconds: 3,
    reason: '',
    score: null,
    max_score: 4,
    needs_person: false,
    marks_visible: false,
    missing: [],
    exercises: [],
    ...more
  };
}

function lesson(submission: ISubmission | null, outbox = 0): ILesson {
  return sample({ slug: 'one', title: 'One', submission, outbox });
}

const REST = { submissions: [], sent: 0, next_seconds: 25 };

describe('a look at the pulse', () => {
  it('loads nothing while nothing happens', () => {
    const lessons = [lesson(work('s', { state: 'marked' }))];
    expect(after(lessons, REST, 1)).toEqual(lessons);
  });

  it('takes over where a hand-in stands in line', () => {
    const told = { ...REST, submissions: [work('s', { position: 1 })] };
    const lessons = after([lesson(work('s'))], told, 1);
    expect(lessons?.[0].submission?.position).toBe(1);
  });

  it('loads all anew when a hand-in was finished, arrived, went out or waits', () => {
    expect(after([lesson(work('s'))], REST, 1)).toBeNull();
    expect(
      after([lesson(null)], { ...REST, submissions: [work('s')] }, 1)
    ).toBeNull();
    expect(after([lesson(null)], { ...REST, sent: 1 }, 1)).toBeNull();
    expect(after([lesson(null, 1)], REST, 1)).toBeNull();
  });

  it('loads all anew now and then', () => {
    expect(after([lesson(null)], REST, 12)).toBeNull();
  });
});

test('what is not on its way any more was finished', () => {
  const lessons = [lesson(work('a')), lesson(work('b', { state: 'marked' }))];
  const told = { submissions: [], sent: 0, next_seconds: 25 };
  expect(finished(lessons, told)).toEqual(['a']);
  expect(finished(lessons, { ...told, submissions: [work('a')] })).toEqual([]);
});

test('a hand-in is shown as soon as it was received, if it counts', () => {
  const told = {
    queued: false,
    files: [],
    refused: [],
    submission: work('new')
  };
  const [shown] = handed([lesson(work('old'))], 'one', told);
  expect(shown.submission?.id).toBe('new');
  const late = { ...told, submission: work('late', { counts: false }) };
  expect(handed([lesson(work('old'))], 'one', late)[0].submission?.id).toBe(
    'old'
  );
  expect(handed([lesson(null)], 'two', told)[0].submission).toBeNull();
});
