package dev.quern.server.http;

import java.nio.file.Path;

/**
 * What a server shows of itself under TLS.
 *
 * @param certificates PEM file: the server's certificate, then those between it and the root
 * @param key PEM file with the private key, not encrypted
 */
public record Tls(Path certificates, Path key) {}
