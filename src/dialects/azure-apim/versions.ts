/** Every version of the API that was ever public, the oldest first. */
export const VERSIONS: readonly string[] = [
  '2014-02-14-preview',
  '2014-02-14',
  '2016-07-07',
  '2016-10-10',
  '2017-03-01',
  '2018-01-01',
  '2018-06-01-preview',
  '2019-01-01',
  '2019-12-01-preview',
  '2019-12-01',
  '2020-06-01-preview',
  '2020-12-01',
  '2021-01-01-preview',
  '2021-04-01-preview',
  '2021-08-01',
  '2021-12-01-preview',
  '2022-04-01-preview',
  '2022-08-01',
  '2022-09-01-preview',
  '2023-03-01-preview',
  '2023-05-01-preview',
  '2023-09-01-preview',
  '2024-05-01',
  '2024-06-01-preview',
  '2024-10-01-preview',
  '2025-03-01-preview',
]

/** Versions that clients ask for unless they are told another: the newest stable one of each form. */
export const DEFAULT_VERSION = { classic: '2021-08-01', arm: '2024-05-01' } as const

/** Before 2017 a change is answered without a body, and an update with 204. */
export const answersChanges = (version: string): boolean => version >= '2017'

/** Certificates of ARM have `properties` since then; before, they were those of the classic form. */
export const nestsProperties = (version: string): boolean => version >= '2017'

/** ARM answers a deletion with 200 since then; clients of before take 204 only. */
export const deletesWith200 = (version: string): boolean => version >= '2018'

/** Collections of ARM have a `count` since then; classic ones always had. */
export const countsAlways = (version: string): boolean => version >= '2019-12-01'

/** Ids of ARM are at most 80 characters since then. */
export const hasShortIds = (version: string): boolean => version >= '2019-01-01'

/** Certificates of ARM tell their key vault since then. */
export const knowsVaults = (version: string): boolean => version >= '2020-06-01'
