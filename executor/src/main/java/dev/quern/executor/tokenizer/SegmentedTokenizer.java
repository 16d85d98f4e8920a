package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Cuts a prompt at the special tokens of its trusted text and has the text between them tokenized
 * by an encoder that knows no special token.
 */
final class SegmentedTokenizer implements Tokenizer {
  private final SpecialTokens recognised;
  private final Map<String, Integer> specialIds;
  private final SegmentEncoder encoder;
  private final Detokenizer detokenizer;

  /** Readers encode, the writer closes: native memory must not be freed under a running call. */
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();

  private boolean closed;

  SegmentedTokenizer(
      SpecialTokens recognised,
      Map<String, Integer> specialIds,
      SegmentEncoder encoder,
      Detokenizer detokenizer) {
    this.recognised = recognised;
    this.specialIds = Map.copyOf(specialIds);
    this.encoder = encoder;
    this.detokenizer = detokenizer;
  }

  @Override
  public int[] encode(List<PromptPart> parts) {
    PromptText prompt = PromptText.of(parts);
    Lock open = life.readLock();
    open.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer is closed");
      }
      return encode(prompt);
    } finally {
      open.unlock();
    }
  }

  private int[] encode(PromptText prompt) {
    String text = prompt.text();
    Ids ids = new Ids(text.length() / 3 + 8);
    int done = 0;
    for (PromptText.Run run : prompt.trusted()) {
      int from = Math.max(run.start(), done);
      var match = recognised.find(text, from, run.end());
      while (match.isPresent()) {
        SpecialToken token = match.get().token();
        int start = match.get().start();
        segment(text, done, token.stripLeft() ? WhiteSpace.before(text, start, done) : start, ids);
        ids.add(token.id());
        done = match.get().end();
        if (token.stripRight()) {
          done = WhiteSpace.after(text, done);
        }
        match = recognised.find(text, Math.min(done, run.end()), run.end());
      }
    }
    segment(text, done, text.length(), ids);
    return ids.toArray();
  }

  private void segment(String text, int from, int to, Ids ids) {
    if (from < to) {
      ids.addAll(encoder.encode(text.substring(from, to), from == 0));
    }
  }

  @Override
  public String decode(int[] ids) {
    return detokenizer.decode(ids);
  }

  @Override
  public StreamDecoder streamDecoder() {
    return detokenizer.stream();
  }

  @Override
  public int size() {
    return detokenizer.pieces().length;
  }

  @Override
  public OptionalInt specialId(String token) {
    Integer id = specialIds.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public void close() {
    Lock exclusive = life.writeLock();
    exclusive.lock();
    try {
      if (!closed) {
        closed = true;
        encoder.close();
      }
    } finally {
      exclusive.unlock();
    }
  }

  /** A growing array of ids. */
  private static final class Ids {
    private int[] values;
    private int size;

    Ids(int capacity) {
      values = new int[capacity];
    }

    void add(int id) {
      reserve(1);
      values[size++] = id;
    }

    void addAll(int[] ids) {
      reserve(ids.length);
      System.arraycopy(ids, 0, values, size, ids.length);
      size += ids.length;
    }

    private void reserve(int more) {
      if (size + more > values.length) {
        values = Arrays.copyOf(values, Math.max(values.length * 2, size + more));
      }
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
