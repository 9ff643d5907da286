import { Parser } from 'htmlparser2'

/** An element of an XML document. */
export type Element = { name: string; attributes: Record<string, string>; children: Element[]; text: string }

const namespaces = /^xmlns(?::|$)/

/**
 * Reads an XML document.
 * @throws Error where it isn't well-formed: tags that don't match, names without a namespace, signs that XML can't have
 */
export function parseXml(document: string): Element {
  if (!document.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')) throw new Error('there is no declaration')
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(document)) throw new Error('there is a sign that XML can’t have')
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(document)) throw new Error('there is a bare &')
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element: Element = { name, attributes, children: [], text: '' }
        open.at(-1)?.children.push(element)
        open.push(element)
      },
      ontext(text) {
        const own = open.at(-1)
        if (own) own.text += text
      },
      onclosetag(name, isImplied) {
        const own = open.pop()
        if (own?.name !== name || (isImplied && !document.includes('/>'))) throw new Error(`${name} ends where ${own?.name} is open`)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(document)
  const [first] = root.children
  if (!first || root.children.length > 1 || open.length > 1) throw new Error('there is not one element that is closed')
  const prefixes = new Set(Object.keys(first.attributes).flatMap((name) => (namespaces.test(name) ? [name.split(':')[1] ?? ''] : [])))
  const check = ({ name, children, attributes }: Element): void => {
    for (const one of [name, ...Object.keys(attributes).filter((attribute) => !namespaces.test(attribute))]) {
      const [prefix, local] = one.split(':')
      if (local !== undefined && prefix !== 'xml' && !prefixes.has(prefix as string)) throw new Error(`${one} has no namespace`)
    }
    for (const child of children) check(child)
  }
  check(first)
  return first
}

/** The children of an element by a name. */
export const childrenOf = ({ children }: Element, name: string): Element[] => children.filter((child) => child.name === name)

/** The text of the first child of a name; undefined where there is none. */
export const textOf = (element: Element, name: string): string | undefined => childrenOf(element, name)[0]?.text
