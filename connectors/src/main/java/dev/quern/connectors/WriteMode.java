package dev.quern.connectors;

/** What to do where the target of a write exists. */
public enum WriteMode {
  /** The target must not exist (an empty folder may). */
  CREATE,
  /** The new table takes the old one's place when it is whole. */
  REPLACE,
  /** Adds a file to the folder, which is made if there is none; single files cannot grow. */
  APPEND
}
