import * as React from 'react';
import { Courses } from './courses';

const words = { __: (text: string): string => `~${text}` };
const SEVERAL = [
  { slug: 'data', title: 'Data' },
  { slug: 'stats', title: 'الإحصاء' }
];

/** What is shown, as its elements. */
function shown(
  courses: typeof SEVERAL,
  choose: (course: string) => void = () => undefined
): React.ReactElement[] {
  const found = Courses({ courses, course: 'stats', choose, trans: words });
  return React.Children.toArray(
    (found?.props as { children?: React.ReactNode } | undefined)?.children
  ).filter((each): each is React.ReactElement => React.isValidElement(each));
}

test('who is in one course, or in none that is told, has nothing to choose', () => {
  expect(shown([])).toEqual([]);
  expect(shown(SEVERAL.slice(0, 1))).toEqual([]);
});

test('who is in several has a labelled list, each title in its own direction', () => {
  const [label, list] = shown(SEVERAL);
  expect(label.props).toMatchObject({ htmlFor: 'cw-course' });
  expect(list.props).toMatchObject({
    id: 'cw-course',
    value: 'stats',
    dir: 'auto'
  });
  const options = React.Children.toArray(
    (list.props as { children: React.ReactNode }).children
  ) as React.ReactElement[];
  expect(options.map(each => each.props as object)).toMatchObject(
    SEVERAL.map(({ slug, title }) => ({
      value: slug,
      dir: 'auto',
      children: title
    }))
  );
});

test('what is chosen is told, and the list is never disabled', () => {
  const told: string[] = [];
  const [, list] = shown(SEVERAL, course => told.push(course));
  const props = list.props as React.SelectHTMLAttributes<HTMLSelectElement>;
  props.onChange?.({
    target: { value: 'data' }
  } as React.ChangeEvent<HTMLSelectElement>);
  expect(told).toEqual(['data']);
  expect(props.disabled).toBeUndefined();
});
