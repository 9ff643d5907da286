import { Parser } from 'htmlparser2'

/** An element of XML: its attributes, its text, and the elements in it. */
export type Element = { name: string; attributes: Record<string, string>; text: string; children: Element[] }

/**
 * Reads the elements of some names out of XML, one after the other, wherever they stand; no more of the file is held than one of them.
 * No entity is read but those of XML itself, and none from elsewhere.
 * @param onRead is called with how many bytes were read
 */
export async function* elementsOf(input: AsyncIterable<Buffer>, names: readonly string[], onRead: (bytes: number) => void): AsyncGenerator<Element> {
  const done: Element[] = []
  const open: Element[] = []
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (open.length > 0 || names.includes(name)) open.push({ name, attributes, text: '', children: [] })
      },
      ontext(text) {
        const element = open.at(-1)
        if (element) element.text += text
      },
      onclosetag(name) {
        if (open.at(-1)?.name !== name) return
        const element = open.pop() as Element
        const parent = open.at(-1)
        if (parent) parent.children.push(element)
        else done.push(element)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  const decoder = new TextDecoder('utf-8')
  let bytes = 0
  for await (const part of input) {
    parser.write(decoder.decode(part, { stream: true }))
    bytes += part.length
    onRead(bytes)
    yield* done.splice(0)
  }
  parser.end()
  yield* done.splice(0)
}

/** The text of an element’s first child of a name, trimmed; null where it is missing or empty. */
export function textOf(element: Element | undefined, name: string): string | null {
  const text = childOf(element, name)?.text.trim()
  return text ? text : null
}

/** An element’s first child of a name. */
export const childOf = (element: Element | undefined, name: string): Element | undefined => element?.children.find((child) => child.name === name)
