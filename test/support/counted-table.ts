import type { Call, RouteTable } from '../../src/http/exchange.ts'

/**
 * A routing table that tells of each request when it arrives. The access log has it when the answer is out, which the
 * caller may see first.
 *
 * @param arrived takes one line of JSON: method and path
 */
export function countedTable(table: RouteTable, arrived: (line: string) => void): RouteTable {
  const tell = ({ method, path }: Call): void => arrived(JSON.stringify({ method, path }))
  return {
    ...table,
    routes: table.routes.map((route) => ({
      ...route,
      handle: (call) => {
        tell(call)
        return route.handle(call)
      },
    })),
    missing: (call, allow) => {
      tell(call)
      return table.missing(call, allow)
    },
  }
}
