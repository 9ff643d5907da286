/** What can be sent messages with buffers that it is handed instead of copies. */
type Receiver = { postMessage: (message: unknown, transferred: ArrayBuffer[]) => void }

/** Sends all that is told in one turn of the event loop as one message, since each wakes the other thread: a list of what was told. */
export function mailbox<Told>(receiver: Receiver): (told: Told, transferred?: ArrayBuffer[]) => void {
  let gathered: Told[] = []
  let handed: ArrayBuffer[] = []
  function send(): void {
    receiver.postMessage(gathered, handed)
    gathered = []
    handed = []
  }
  return (told, transferred = []) => {
    if (gathered.push(told) === 1) setImmediate(send)
    handed.push(...transferred)
  }
}
