import type { Plans } from '../articles/public/scheduler.ts'
import type { Read } from '../database/engine.ts'
import type { Write } from '../database/handles.ts'
import { type Freestanding, loadFreestanding, performPlan } from './store.ts'

function firstDue(read: Read, now: string, resting: readonly string[]): Promise<{ id: string; at: string } | undefined> {
  const due = read.selectFrom('list_drafts').select(['list_id as id', 'publish_at as at']).where('publish_at', '<=', now).$narrowType<{ at: string }>()
  return (resting.length > 0 ? due.where('list_id', 'not in', resting) : due).orderBy('publish_at').orderBy('list_id').limit(1).executeTakeFirst()
}

/** Does what is due for a list before a change of it, which comes too late to be part of it: as nobody’s. */
export function performOverdueList(tx: Write, list: Freestanding): Promise<Freestanding> | Freestanding {
  if (!list.plan || list.plan.at > tx.now) return list
  return tx.as({ actor: null, requestId: null, site: tx.author.site ?? null }, () => performPlan(tx, list))
}

/** What is planned for freestanding lists. */
export const listPlans: Plans = {
  name: 'list',
  first: firstDue,
  async perform(tx, id) {
    tx.lock([`highlight-list:${id}`])
    const list = await loadFreestanding(tx.read, id)
    tx.notBefore(list?.working.updatedAt ?? null)
    // It may have been cancelled, or put off, meanwhile.
    if (list?.plan && list.plan.at <= tx.now) await performPlan(tx, list)
  },
}
