import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { mention, mentioning } from './words';

interface IPerson {
  id: string;
  name: string;
}

/** A text field that offers names after an @, by keyboard as by mouse. */
export function Names(props: {
  id: string;
  value: string;
  names(q: string): Promise<IPerson[]>;
  trans: TranslationBundle;
  onChange(value: string): void;
}): JSX.Element {
  const { id, value, trans } = props;
  const field = React.useRef<HTMLTextAreaElement>(null);
  const asked = React.useRef(0);
  const caret = React.useRef<number | null>(null);
  const [people, setPeople] = React.useState<IPerson[]>([]);
  const [chosen, setChosen] = React.useState(0);
  React.useLayoutEffect(() => {
    if (caret.current !== null) {
      field.current?.setSelectionRange(caret.current, caret.current);
      caret.current = null;
    }
  }, [value]);
  const look = (): void => {
    const here = field.current;
    const begun = here ? mentioning(here.value, here.selectionStart) : null;
    const turn = ++asked.current;
    if (begun === null) {
      setPeople([]);
      return;
    }
    void props.names(begun).then(
      found => {
        if (turn === asked.current) {
          setPeople(found.slice(0, 6));
          setChosen(0);
        }
      },
      () => setPeople([])
    );
  };
  const put = (person: IPerson): void => {
    const at = field.current?.selectionStart ?? value.length;
    const next = mention(value, at, person.name);
    caret.current = next.caret;
    setPeople([]);
    props.onChange(next.text);
    field.current?.focus();
  };
  const pressed = (event: React.KeyboardEvent): void => {
    if (!people.length || event.ctrlKey || event.metaKey) {
      return;
    }
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      setChosen((chosen + steps[event.key] + people.length) % people.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      put(people[chosen]);
    } else if (event.key === 'Escape') {
      setPeople([]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="cw-Names">
      <textarea
        ref={field}
        id={id}
        dir="auto"
        rows={5}
        maxLength={20000}
        value={value}
        aria-autocomplete="list"
        aria-controls={`${id}-names`}
        aria-activedescendant={
          people.length ? `${id}-name-${chosen}` : undefined
        }
        data-lm-suppress-shortcuts="true"
        onChange={event => {
          props.onChange(event.target.value);
          look();
        }}
        onKeyDown={pressed}
        onBlur={() => setPeople([])}
      />
      <span role="status" className="cw-Heard">
        {people.length > 0 &&
          trans._n(
            '%1 name; arrows choose, Enter takes it',
            '%1 names; arrows choose, Enter takes one',
            people.length
          )}
      </span>
      <ul
        id={`${id}-names`}
        role="listbox"
        aria-label={trans.__('People of the course')}
        hidden={!people.length}
      >
        {people.map((person, index) => (
          <li
            key={person.id}
            id={`${id}-name-${index}`}
            role="option"
            dir="auto"
            aria-selected={index === chosen}
            onMouseDown={event => {
              event.preventDefault();
              put(person);
            }}
          >
            {person.name}
          </li>
        ))}
      </ul>
    </div>
  );
}
