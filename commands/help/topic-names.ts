/** Topics of `certman help TOPIC`; the texts are loaded with the topic only. */
export const TOPIC_NAMES = [
  'filter',
  'formats',
  'exit-status',
  'references',
  'passwords',
  'settings',
] as const
export type TopicName = (typeof TOPIC_NAMES)[number]
