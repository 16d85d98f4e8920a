package dev.quern.server.batches;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Set;

/**
 * The custom_ids of a file, by 128 bits of their SHA-256 digests: 100,000 ids of 512 characters
 * would take 100 MB.
 */
final class CustomIds {
  private record Hash(long high, long low) {}

  private final Set<Hash> seen = new HashSet<>();
  private final MessageDigest digest;

  CustomIds() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Whether this one is new. */
  boolean add(String id) {
    // Chars, not UTF-8: that would make one of all unpaired surrogates.
    ByteBuffer chars = ByteBuffer.allocate(id.length() * Character.BYTES);
    chars.asCharBuffer().put(id);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(chars.array()));
    return seen.add(new Hash(hash.getLong(), hash.getLong()));
  }
}
