import { scopes } from './auth.ts'
import { mostFaults } from './problems.ts'

/** What all operations share, by chapter: the beginning of the document. */
export const chapters = `Articles with their sections, highlight lists and readers’ comments, as JSON over HTTP.

**Reading** needs no token: what is published is public. **Writing** needs \`Authorization: Bearer bsh_…\` with a scope; each operation names it.

## The main job
\`POST /v1/articles\` makes a story, whole; \`POST /v1/articles/{article}/publish\` puts it out; \`GET /v1/articles/{article}\` and \`GET /v1/articles/{article}/comments\` are all that a page needs.

## Copies and editions
The **working copy** is what editors change; an **edition** is what publishing makes of it: immutable, numbered, complete. A read answers the public edition, the same for everybody; \`copy=working\`
(\`content:read\`) answers the working copy, which can be edited and sent back with \`PUT\`. \`status\` says what the public has now. What was taken down is a 410, or a 451 for legal reasons.

## Scopes
A token has some of ${scopes.map((scope) => `\`${scope}\``).join(', ')}. \`content:publish\` includes \`content:write\`, which includes \`content:read\`; \`admin\` includes all. \`comments:moderate\` decides on comments,
\`comments:write\` speaks for the signed-in readers of a site, \`events:read\` reads what happened. Whatever shows in public at once needs \`content:publish\`. No valid token is a 401, one that is too small a 403 that names the scope it lacks, and what isn’t public is a 404 for the public.
Where an operation lists several scopes under \`security\`, any of them will do.

## Preconditions
Every answer but those of probes and streams has an \`ETag\`. Send it back as \`If-None-Match\` when reading: 304 where nothing changed. Send it as \`If-Match\` when writing: 412 with \`currentRevision\` where somebody else has changed it, and no update is lost. It is compared by its
revision, so \`"17"\`, from a row, works too, as does a \`revision\` in the body. Where the operator demands one, a write without is a 428.

## Idempotency
\`Idempotency-Key\` makes a POST or PATCH safe to send again: the same request with the same key gets the first answer for 24 hours, with \`Idempotency-Replayed: true\`; another request with it is a 422. Secrets are not replayed.

## Paging and filters
Collections are \`{ "data": […], "page": { "limit", "nextCursor", "prevCursor" } }\`; \`cursor\` takes one of the two, and \`Link\` has the addresses. Cursors survive inserts, and belong to one query. \`count=true\` adds \`page.total\`.
Wherever a filter takes several values, a comma means any of them, the parameter repeated means all of them, and \`-\` before a value none of it: \`topic=sport,culture&topic=-opinion\`.
\`sort\` takes one key, with \`-\` before it for descending; \`fields\` picks properties of rows, \`include\` adds those that rows leave out.

## Limits
A body has at most the operator’s \`BODY_LIMIT\`, 64 kB for a comment and other small ones: 413. Arrays and texts have limits in their schemas. A client that asks too often gets a 429 with \`Retry-After\`; where a limit is set every answer says what is left of it, in \`RateLimit\` and \`RateLimit-Policy\`.
A server that has too much to do answers 503 with \`Retry-After\`, and has done nothing.

## Errors
Errors are \`application/problem+json\` (RFC 9457). \`type\` is one of a closed list, each with a page under \`/problems/\`. A 400 lists every fault at once, of at most ${mostFaults}, each with its place (\`pointer\`, \`parameter\` or \`header\`), a \`code\` and,
where there is one, a \`suggestion\`. An unknown property or parameter is a fault: a typo never passes in silence.

## Growth and versions
Inside \`/v1\`, answers may gain properties and types of blocks, and lists of values that are marked \`x-extensible-enum\` may gain values: ignore what you don’t know, and send it back as it came. Other lists of values are closed. Inputs may gain properties that may be left out.
Anything else that could break a client waits for \`/v2\`, or is named under *Breaking* in the changelog before 1.0. An operation that is to go is marked \`deprecated\` first, and says so with the headers \`Deprecation\` (RFC 9745) and \`Sunset\` (RFC 8594).`
