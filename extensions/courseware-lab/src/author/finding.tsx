import type { Cell } from '@jupyterlab/cells';
import * as React from 'react';
import type { IFinding } from './findings';
import { level, type Words } from './words';

/** What the panel has others do. */
export interface IActs {
  jump(cell: Cell): void;
  undo(): void;
  page(address: string): void;
}

/** One finding: how much it weighs, where it is, and what to do. */
export function Finding(props: {
  finding: IFinding;
  words: Words;
  children?: React.ReactNode;
}): JSX.Element {
  const { finding, words, children } = props;
  return (
    <li className={`cw-mod-${finding.level}`}>
      <strong>{level(finding.level, words)}</strong> {children}
      <p dir="auto">{finding.message}</p>
    </li>
  );
}
