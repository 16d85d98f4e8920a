package dev.quern.executor.device;

/** The experts of one layer, each available when asked for: resident here, streamed elsewhere. */
public interface ExpertSource extends AutoCloseable {
  /**
   * @param gate [expert width, hidden]
   * @param up [expert width, hidden]
   * @param down [hidden, expert width]
   */
  record Expert(Weight gate, Weight up, Weight down) {}

  int count();

  Expert expert(int id);

  @Override
  void close();
}
