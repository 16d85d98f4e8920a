package dev.quern.server.load;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A server's JVM on this machine, seen through the JDK's own management interface. */
public final class ServerProcess implements AutoCloseable {
  private final long pid;
  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final ThreadMXBean threads;
  private final BufferPoolMXBean buffers;

  private ServerProcess(long pid, JMXConnector connector) throws IOException {
    this.pid = pid;
    this.connector = connector;
    MBeanServerConnection beans = connector.getMBeanServerConnection();
    memory = ManagementFactory.getPlatformMXBeans(beans, MemoryMXBean.class).getFirst();
    threads = ManagementFactory.getPlatformMXBeans(beans, ThreadMXBean.class).getFirst();
    buffers =
        ManagementFactory.getPlatformMXBeans(beans, BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();
  }

  /**
   * @throws LoadException when there is no such JVM, of this user, whose memory can be read
   */
  // The address comes from the process itself, which runs as this user: nobody else's objects.
  @SuppressWarnings("BanJNDI")
  public static ServerProcess attach(long pid) throws LoadException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        var url = new JMXServiceURL(machine.startLocalManagementAgent());
        var process = new ServerProcess(pid, JMXConnectorFactory.connect(url));
        process.memory();
        return process;
      } finally {
        machine.detach();
      }
    } catch (IOException | AttachNotSupportedException e) {
      throw new LoadException(
          "--server-pid "
              + pid
              + ": cannot look into that process: "
              + e.getMessage()
              + "; it must be a JVM of the same user, on Linux",
          e);
    }
  }

  /** After a full collection. */
  ServerMemory memory() throws IOException {
    memory.gc();
    return new ServerMemory(
        memory.getHeapMemoryUsage().getUsed(),
        anonymous(),
        buffers.getMemoryUsed(),
        threads.getThreadCount());
  }

  private long anonymous() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("RssAnon:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("/proc/" + pid + "/status has no RssAnon");
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
