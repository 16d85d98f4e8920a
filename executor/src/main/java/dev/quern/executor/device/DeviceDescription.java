package dev.quern.executor.device;

/**
 * @param name as given to {@code --device}
 * @param description one line for people
 * @param totalBytes device memory
 * @param freeBytes device memory free now
 */
public record DeviceDescription(String name, String description, long totalBytes, long freeBytes) {}
