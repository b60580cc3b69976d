import * as React from 'react';

/** A line that a person or the server wrote, whichever way its language runs. */
export function Said(props: { text: string; loud?: boolean }): JSX.Element {
  return (
    <p className={props.loud ? 'cw-Banner' : 'cw-Note'} dir="auto">
      {props.text}
    </p>
  );
}
