import { afterEach, beforeEach, expect, test } from 'vitest'
import { callsTo, madeCsr, stockedWorld, type Stocked } from './world.ts'

let world: Stocked
beforeEach(async () => {
  world = await stockedWorld()
})
afterEach(() => world.close())

const { call, post } = callsTo(() => world)

/** A request of a requestor; the id of its workflow instance. */
async function waiting(cn: string): Promise<string> {
  const CSR = Buffer.from(await madeCsr(cn)).toString('base64')
  const { json } = await post('/Enrollment/CSR', { CSR }, { user: 'requestor' })
  return json.CertificateInformation.WorkflowInstanceId as string
}

const verdict = (Approved: unknown, more: object = {}) => ({
  SignalKey: 'RequireApproval1.ApprovalStatus',
  Data: { Approved, Comment: 'no ticket', ...more },
})

test('what waits for an approval is an instance, for whoever asked and for whoever may approve', async () => {
  const id = await waiting('a.example')
  const { json, headers } = await call('/Workflow/Instances')
  expect([headers['x-total-count'], json]).toMatchObject([
    '1',
    [{ Id: id, Status: 'Suspended', CurrentStepUniqueName: 'RequireApproval1', ReferenceId: 1 }],
  ])
  const ids = async (path: string, user: string) =>
    ((await call(`/Workflow/Instances${path}`, { user })).json as { readonly Id: string }[]).map(
      ({ Id }) => Id,
    )
  expect(await ids('/My', 'requestor')).toEqual([id])
  expect(await ids('/My', 'manager')).toEqual([])
  expect(await ids('/AssignedToMe', 'manager')).toEqual([id])
  expect(await ids('/AssignedToMe', 'reader')).toEqual([])
  const one = await call(`/Workflow/Instances/${id.toUpperCase()}`)
  expect(one.json).toMatchObject({
    Id: id,
    Signals: [{ SignalName: 'ApprovalStatus', SignalReceived: false }],
  })
  const generated = { headers: { 'user-agent': 'OpenAPI-Generator/1.0.0/go' } }
  expect((await call(`/Workflow/Instances/${id}`, generated)).json.Status).toBe(0)
})

test('a signal approves or denies the request, and then there is no instance any more', async () => {
  const [yes, no] = [await waiting('yes.example'), await waiting('no.example')]
  expect((await post(`/Workflow/Instances/${yes}/Signals`, verdict('True'))).status).toBe(204)
  expect((await post(`/Workflow/Instances/${no}/Signals`, verdict(false))).status).toBe(204)
  const [row] = (await call('/Certificates?pq.queryString=CertRequestId%20-eq%201')).json
  expect(row.IssuedCN).toBe('yes.example')
  const denied = await call('/Workflow/Certificates/2')
  expect(denied.json).toMatchObject({ StateString: 'Denied', DenialComment: 'no ticket' })
  expect((await call('/Workflow/Instances')).json).toEqual([])
  expect((await post(`/Workflow/Instances/${yes}/Signals`, verdict(true))).status).toBe(404)
})

test('who may not sign does not approve, and a signal that is none changes nothing', async () => {
  const path = `/Workflow/Instances/${await waiting('a.example')}`
  expect((await post(`${path}/Signals`, verdict(true), { user: 'reader' })).status).toBe(403)
  expect((await post(`${path}/Signals`, verdict(true), { user: 'requestor' })).status).toBe(403)
  for (const body of [
    verdict('yes'),
    verdict(1),
    verdict(true, { Comment: 7 }),
    { ...verdict(true), SignalKey: 'Other.Status' },
    { SignalKey: 'RequireApproval1.ApprovalStatus' },
  ])
    expect([body, (await post(`${path}/Signals`, body)).status]).toEqual([body, 400])
  expect((await post(`${path}/Stop`, {})).status).toBe(400)
  expect((await call('/Workflow/Instances')).json).toHaveLength(1)
})
