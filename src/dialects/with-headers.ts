import type { Answer } from '../http/exchange.ts'

/** An answer with more headers; its own count where both have one. */
export const withHeaders = (answer: Answer, more: Answer['headers']): Answer => ({
  ...answer,
  headers: { ...more, ...answer.headers },
})
