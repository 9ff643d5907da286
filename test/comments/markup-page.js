/** Runs in a browser: shows comments as frontends do, tries what might be active in them, and tells what there is. */
;async (comments) => {
  const links = []
  for (const { author, bodyHtml } of comments) {
    const article = document.body.appendChild(document.createElement('article'))
    article.innerHTML = bodyHtml
    const link = article.appendChild(document.createElement('a'))
    link.textContent = author.name
    if (author.url) link.href = author.url
    links.push(...article.querySelectorAll('a'))
  }
  for (const element of document.body.querySelectorAll('*'))
    for (const type of ['mouseover', 'focus', 'animationstart', 'toggle', 'pointerover']) element.dispatchEvent(new Event(type))
  // A link that is followed leaves the page; one that runs doesn’t.
  document.addEventListener('click', (event) => {
    const target = event.target.closest('a')
    if (target && !/^javascript:/i.test(target.protocol)) event.preventDefault()
  })
  for (const link of links) link.click()
  // What there is to run has run when two pictures of the page were drawn.
  for (let picture = 0; picture < 2; picture++) await new Promise((resolve) => requestAnimationFrame(resolve))
  const elements = [...document.body.querySelectorAll('article *')]
  return {
    hit: window.hit ?? null,
    tags: [...new Set(elements.map(({ localName }) => localName))],
    handlers: elements.flatMap(({ attributes }) => [...attributes].map(({ name }) => name)).filter((name) => /^(?:on|style|src|xlink)/i.test(name)),
    protocols: [...new Set(links.filter((link) => link.getAttribute('href')?.startsWith('#') === false).map(({ protocol }) => protocol))],
  }
}
