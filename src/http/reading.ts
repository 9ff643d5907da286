import type { FastifyRequest } from 'fastify'
import type { Read } from '../database/engine.ts'
import { withFaults } from './faults.ts'

/**
 * Reads for a request from one commit: the public from a replica, where there is one; whoever bears a token, and so may
 * have written, from where it was written.
 */
export function reading<T>(request: FastifyRequest, work: (read: Read) => Promise<T>): Promise<T> {
  const { database } = request.server
  const checked = (read: Read) => withFaults(request, () => work(read))
  return request.token ? database.snapshot(checked) : database.snapshotOfReplica(checked)
}
