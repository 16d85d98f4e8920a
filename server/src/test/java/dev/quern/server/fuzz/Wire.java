package dev.quern.server.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Plays a case to a server and reads until it closes the connection. */
record Wire(InetSocketAddress server, Duration patience) {
  /** The server neither answered nor closed in time. */
  static final class HangException extends Exception {
    private static final long serialVersionUID = 1L;

    HangException(String message) {
      super(message);
    }
  }

  /** All that the server sent, up to a reset of its own; nothing where the client resets. */
  byte[] play(WireCase given) throws IOException, InterruptedException, HangException {
    try (var socket = new Socket()) {
      socket.connect(server, (int) patience.toMillis());
      socket.setTcpNoDelay(true);
      var received = new ByteArrayOutputStream();
      // Read beside writing: neither side may block the other.
      Thread reader = Thread.ofVirtual().start(() -> read(socket, received));
      send(socket, given);
      if (given.resets()) {
        // Closing now drops what is unsent and tells the server nothing but "reset".
        socket.setSoLinger(true, 0);
        return new byte[0];
      }
      if (!reader.join(patience)) {
        throw new HangException(received.size() + " bytes in " + patience + ", then no end");
      }
      return received.toByteArray();
    }
  }

  private static void send(Socket socket, WireCase given) throws InterruptedException {
    try {
      var out = socket.getOutputStream();
      for (WireCase.Step step : given.steps()) {
        switch (step) {
          case WireCase.Send(byte[] bytes) -> out.write(bytes);
          case WireCase.Pause(int millis) -> Thread.sleep(millis);
          case WireCase.End() -> socket.shutdownOutput();
          case WireCase.Reset() -> {}
        }
      }
    } catch (IOException e) {
      // The server has refused the rest: what it answered is read all the same.
    }
  }

  private void read(Socket socket, ByteArrayOutputStream received) {
    byte[] buffer = new byte[8192];
    try {
      socket.setSoTimeout((int) patience.toMillis());
      InputStream in = socket.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        received.write(buffer, 0, count);
      }
    } catch (SocketTimeoutException e) {
      // Reported by the joining thread.
      awaitClose(socket);
    } catch (SocketException e) {
      // Reset by either side: an end as well.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitClose(Socket socket) {
    while (!socket.isClosed()) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
