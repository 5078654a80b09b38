import type { Tone } from './color.ts'

const DAY = 86_400_000

/** Whole days from `now` until `instant`, rounded down: 0 is "less than a day", below zero is past. */
export function daysLeft(instant: string, now: Date): number {
  return Math.floor((Date.parse(instant) - now.getTime()) / DAY)
}

/** Red when past or within 7 days, yellow within 30. */
export function toneOfDays(days: number): Tone | undefined {
  if (days < 7) return 'bad'
  return days < 30 ? 'warn' : undefined
}

/** The day of an instant: `2027-01-31`. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10)
}

/** An instant for people: `2027-01-31 12:00:00 UTC`. */
export function instantForPeople(instant: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(instant)
  return match ? `${match[1]} ${match[2]} UTC` : instant
}

/** `in 29 days`, `5 minutes ago`; years beyond two, days and hours likewise. */
export function fromNow(instant: string, now: Date): string {
  const milliseconds = Date.parse(instant) - now.getTime()
  if (Number.isNaN(milliseconds)) return ''
  const amount = span(Math.abs(milliseconds))
  if (milliseconds <= 0) return `${amount} ago`
  return `in ${amount}`
}

function span(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY)
  if (days >= 730) return `${Math.floor(days / 365)} years`
  if (days >= 2) return `${days} days`
  const hours = Math.floor(milliseconds / 3_600_000)
  if (hours >= 2) return `${hours} hours`
  const minutes = Math.floor(milliseconds / 60_000)
  return minutes >= 2 ? `${minutes} minutes` : 'less than 2 minutes'
}
