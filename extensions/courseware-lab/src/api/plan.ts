/** Somebody's own pace (`courseware/service/types_schedule.py`); without paced lessons there are no hours. */
export interface IPlan {
  zone: string;
  hours: number | null;
  least_hours: number | null;
  most_hours: number | null;
  /** Whether dates of the pace are on the clock of where the person lives. */
  own_zone: boolean;
}

/** One change of it; days are written as 2026-12-24. */
export type PlanWish =
  | { act: 'shift' }
  | { act: 'hours'; hours: number }
  | { act: 'pause'; first: string; last: string }
  | { act: 'zone'; zone: string };
