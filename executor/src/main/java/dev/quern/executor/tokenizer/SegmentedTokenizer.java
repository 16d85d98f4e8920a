package dev.quern.executor.tokenizer;

import dev.quern.executor.engine.PromptPart;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cuts a prompt at the special tokens of its trusted text and has the text between them tokenized
 * by an encoder that knows no special token.
 */
final class SegmentedTokenizer implements Tokenizer {
  private static final byte[] NOTHING = {};

  private final SpecialTokens recognised;
  private final Map<String, Integer> specialIds;
  private final SegmentEncoder encoder;
  private final Detokenizer detokenizer;
  private final Detokenizer named;

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
    this.named = detokenizer.named(specialIds);
  }

  @Override
  public int[] encode(List<PromptPart> parts) {
    PromptText prompt = PromptText.of(parts);
    return whileOpen(() -> {
      IdList ids = new IdList(prompt.text().length() / 3 + 8);
      return encode(prompt, 0, ids);
    });
  }

  @Override
  public Head head(List<PromptPart> parts) {
    String joined = parts.stream().map(PromptPart::text).collect(Collectors.joining());
    if (PromptText.loneSurrogate(joined) >= 0) {
      // Half a character may become whole with what follows, or is an error that names its place.
      return new WholeHead(parts);
    }
    PromptText head = PromptText.of(parts);
    DecidedTokens decided = DecidedTokens.of(recognised, head);
    return whileOpen(() -> {
      IdList ids = new IdList(head.text().length() / 3 + 8);
      int done = 0;
      for (SpecialTokens.Match match : decided.matches()) {
        done = through(match, head.text(), done, ids);
      }
      int cut = done + encoder.cut().last(head.text().substring(done, decided.limit()));
      segment(head.text(), done, cut, ids);
      return new CutHead(head, cut, ids.toArray());
    });
  }

  /** A head of which nothing is known before the rest is there. */
  private final class WholeHead implements Head {
    private final List<PromptPart> parts;

    WholeHead(List<PromptPart> parts) {
      this.parts = List.copyOf(parts);
    }

    @Override
    public int[] encode(List<PromptPart> rest) {
      return SegmentedTokenizer.this.encode(Stream.concat(parts.stream(), rest.stream()).toList());
    }

    @Override
    public int[] ids() {
      return new int[0];
    }
  }

  /** A head whose characters [0, cut) have these ids, whatever follows. */
  private final class CutHead implements Head {
    private final PromptText head;
    private final int cut;
    private final int[] start;

    CutHead(PromptText head, int cut, int[] start) {
      this.head = head;
      this.cut = cut;
      this.start = start;
    }

    @Override
    public int[] encode(List<PromptPart> rest) {
      PromptText prompt = head.append(rest);
      return whileOpen(() -> {
        IdList ids = new IdList(start.length + (prompt.text().length() - cut) / 3 + 8);
        ids.addAll(start);
        return SegmentedTokenizer.this.encode(prompt, cut, ids);
      });
    }

    @Override
    public int[] ids() {
      return start.clone();
    }
  }

  private <T> T whileOpen(Supplier<T> work) {
    Lock open = life.readLock();
    open.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer is closed");
      }
      return work.get();
    } finally {
      open.unlock();
    }
  }

  /** Adds the ids of what stands behind the first {@code begin} characters. */
  private int[] encode(PromptText prompt, int begin, IdList ids) {
    String text = prompt.text();
    int done = begin;
    for (PromptText.Run run : prompt.trusted()) {
      int from = Math.max(run.start(), done);
      var match = recognised.find(text, from, run.end());
      while (match.isPresent()) {
        done = through(match.get(), text, done, ids);
        match = recognised.find(text, Math.min(done, run.end()), run.end());
      }
    }
    segment(text, done, text.length(), ids);
    return ids.toArray();
  }

  /** Adds the text before a special token and the token; returns the place behind it. */
  private int through(SpecialTokens.Match match, String text, int done, IdList ids) {
    SpecialToken token = match.token();
    int start = match.start();
    segment(text, done, token.stripLeft() ? WhiteSpace.before(text, start, done) : start, ids);
    ids.add(token.id());
    return token.stripRight() ? WhiteSpace.after(text, match.end()) : match.end();
  }

  private void segment(String text, int from, int to, IdList ids) {
    if (from < to) {
      ids.addAll(encoder.encode(text.substring(from, to), from == 0));
    }
  }

  @Override
  public String decode(int[] ids) {
    return detokenizer.decode(ids);
  }

  @Override
  public String decodeWithNames(int[] ids) {
    return named.decode(ids);
  }

  @Override
  public byte[] bytes(int id) {
    byte[] bytes = id < 0 || id >= named.pieces().length ? null : named.pieces()[id];
    return bytes == null ? NOTHING : bytes;
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
}
