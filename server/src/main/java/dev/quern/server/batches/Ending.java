package dev.quern.server.batches;

/** Why a batch ends before each of its lines has been tried. */
enum Ending {
  /** The caller cancelled it. */
  CANCELLED(
      BatchStatus.CANCELLED,
      "batch_cancelled",
      "The batch was cancelled before this request was executed."),
  /** Its completion window is over. */
  EXPIRED(
      BatchStatus.EXPIRED, "batch_expired", "The batch expired before this request was executed."),
  /** The server ends: the next one goes on. */
  HANDED_BACK(BatchStatus.IN_PROGRESS, "", "");

  private final BatchStatus status;
  private final String code;
  private final String message;

  Ending(BatchStatus status, String code, String message) {
    this.status = status;
    this.code = code;
    this.message = message;
  }

  /** The last status of such a batch. */
  BatchStatus status() {
    return status;
  }

  /** The error of a line that was never tried. */
  String code() {
    return code;
  }

  String message() {
    return message;
  }
}
