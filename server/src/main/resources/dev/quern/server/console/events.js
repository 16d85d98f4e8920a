/**
 * The data of each server-sent event of an answer. Leaving the loop ends the answer, which the
 * server sees. EventSource cannot post and has no headers, so the frames are read here.
 *
 * @param {Response} response
 */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const frames = (rest + value).split('\n\n');
      rest = frames.pop();
      for (const frame of frames) {
        const data = frame
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trimStart());
        if (data.length > 0) {
          yield data.join('\n');
        }
      }
    }
  } finally {
    // An answer that was aborted cannot be cancelled again.
    reader.cancel().catch(() => {});
  }
}
