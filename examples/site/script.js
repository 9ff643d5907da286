// Saves loading the page again when a comment is sent, answered or voted on; all of it works without.

/** @param {Element} form */
async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter))
  return fetch(form.action, { method: 'POST', body, headers: { Accept: form.matches('.votes') ? 'application/json' : 'text/html' } })
}

async function comment(form) {
  const button = form.querySelector('button')
  button.disabled = true
  try {
    const answer = new DOMParser().parseFromString(await (await send(form)).text(), 'text/html')
    const [threads, write] = ['_threads', '_write'].map((id) => answer.getElementById(id))
    if (!write) return form.submit()
    form.remove()
    if (threads) document.getElementById('_threads').replaceWith(threads)
    document.getElementById('_threads').after(write)
    document.querySelector('#_write [aria-invalid], #_write [role=alert], #_write[role=status]')?.focus()
  } catch {
    form.submit()
  } finally {
    button.disabled = false
  }
}

async function vote(form, submitter) {
  const answer = await send(form, submitter)
  const { score } = answer.ok ? await answer.json() : {}
  if (score !== undefined) form.querySelector('output').textContent = new Intl.NumberFormat(form.closest('[lang]').lang).format(score)
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.matches('.write, .votes')) return
  event.preventDefault()
  if (form.matches('.votes')) vote(form, event.submitter)
  else comment(form)
})

document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-copy]')
  if (!link) return
  event.preventDefault()
  await navigator.clipboard.writeText(link.href)
  link.textContent = `✓ ${link.textContent.replace(/^✓ /, '')}`
})

// The form moves under what is answered.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a.reply')
  const form = document.querySelector('form.write')
  if (!link || !form) return
  event.preventDefault()
  link.closest('article').after(form)
  form.elements.parent.value = link.dataset.comment
  form.elements.name.focus()
})

// When the form was begun, signed by the API: machines are quicker than readers.
document.addEventListener('focusin', async (event) => {
  const stamp = event.target.form?.elements.stamp
  if (!stamp || stamp.value) return
  const answer = await fetch('/comment-stamp').catch(() => undefined)
  if (answer?.ok) stamp.value = (await answer.json()).stamp
})
