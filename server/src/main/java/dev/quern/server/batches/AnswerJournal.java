package dev.quern.server.batches;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A batch's files of answers and of errors. A thread of its own writes and forces lines in groups;
 * a line counts once it is on disk.
 */
final class AnswerJournal implements AutoCloseable {
  /** Lines that may wait for the disk: whoever brings more waits with them. */
  private static final int WAITING = 256;

  /** How long a line waits for others to be forced with. */
  private static final long GATHER_MILLIS = 50;

  /** Told of lines that are on disk: those in each file, and how many more they are than before. */
  interface Progress {
    void onDisk(int completed, int failed, int moreCompleted, int moreFailed);
  }

  private record Entry(byte[] line, boolean error, boolean last) {}

  private final AnswerFile answers;
  private final AnswerFile errors;
  private final BitSet answered = new BitSet();
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>(WAITING);
  private final Progress progress;
  private final Thread writer;
  private volatile IOException failure;
  private boolean ended;

  AnswerJournal(Path answersFile, Path errorsFile, AnswerLines format, Progress progress)
      throws IOException {
    this.progress = progress;
    answers = new AnswerFile(answersFile, format, answered);
    try {
      errors = new AnswerFile(errorsFile, format, answered);
    } catch (IOException e) {
      answers.close();
      throw e;
    }
    StateFolder.forceFolder(answersFile.toAbsolutePath().getParent());
    progress.onDisk(answers.lines(), errors.lines(), 0, 0);
    // No virtual thread: forcing a file would hold one of the few threads that carry them.
    writer = Thread.ofPlatform().daemon().name("quern-batch-journal").start(this::write);
  }

  /** Whether the request of that line has its answer on disk or on the way there. */
  boolean answered(int request) {
    return answered.get(request);
  }

  /**
   * Takes an answer; waits where the disk is slower than the engine.
   *
   * @param request number of its line
   * @throws IOException when the disk has failed
   */
  void answer(int request, ObjectNode line) throws IOException, InterruptedException {
    put(request, line, false);
  }

  /** The same for a request that has failed. */
  void error(int request, ObjectNode line) throws IOException, InterruptedException {
    put(request, line, true);
  }

  private void put(int request, ObjectNode line, boolean error)
      throws IOException, InterruptedException {
    answered.set(request);
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    var entry = new Entry(bytes, error, false);
    do {
      if (failure != null) {
        throw failure;
      }
    } while (!waiting.offer(entry, 1, TimeUnit.SECONDS));
  }

  private void write() {
    try {
      boolean last = false;
      while (!last) {
        List<Entry> group = gather();
        last = group.getLast().last();
        List<byte[]> good = lines(group, false);
        List<byte[]> bad = lines(group, true);
        answers.append(good);
        errors.append(bad);
        progress.onDisk(answers.lines(), errors.lines(), good.size(), bad.size());
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      failure = new IOException("the writer was interrupted", e);
    } catch (RuntimeException | Error e) {
      // Whoever brings lines would wait for ever, or take them to be on disk.
      failure = new IOException("the writer failed: " + e, e);
    }
  }

  private List<Entry> gather() throws InterruptedException {
    List<Entry> group = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
    Entry entry = waiting.take();
    while (entry != null) {
      group.add(entry);
      entry =
          entry.last() || group.size() == WAITING
              ? null
              : waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return group;
  }

  private static List<byte[]> lines(List<Entry> group, boolean error) {
    return group.stream().filter(e -> !e.last() && e.error() == error).map(Entry::line).toList();
  }

  /** Waits until all lines are on disk. No line comes after. */
  private void end() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    boolean interrupted = false;
    var last = new Entry(new byte[0], false, true);
    boolean told = false;
    while (writer.isAlive()) {
      try {
        told = told || waiting.offer(last, 10, TimeUnit.MILLISECONDS);
        if (told) {
          writer.join(100);
        }
      } catch (InterruptedException e) {
        // What was generated is paid for: it is written before the thread ends.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Which of the two files there are: one without a line is deleted. */
  record Files(boolean answers, boolean errors) {}

  Files finish() throws IOException {
    end();
    return new Files(answers.finish(), errors.finish());
  }

  @Override
  public void close() throws IOException {
    try {
      end();
    } finally {
      answers.close();
      errors.close();
    }
  }
}
