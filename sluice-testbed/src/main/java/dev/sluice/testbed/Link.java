package dev.sluice.testbed;

import dev.sluice.testbed.Proxy.Direction;
import dev.sluice.testbed.Valve.Passage;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a proxy: two sockets, and a thread for each direction. */
final class Link {
    private static final int CHUNK = 16_384;

    private final Socket client;
    private final Socket server;
    private final Valve valve;
    private final Consumer<Link> ended;
    private final AtomicInteger open = new AtomicInteger(Direction.values().length);
    private volatile boolean closed;

    Link(Socket client, Socket server, Valve valve, Consumer<Link> ended) throws IOException {
        this.client = client;
        this.server = server;
        this.valve = valve;
        this.ended = ended;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    void start() {
        pump(Direction.COMMANDS, client, server);
        pump(Direction.REPLIES, server, client);
    }

    private void pump(Direction direction, Socket from, Socket to) {
        Thread thread = new Thread(() -> run(direction, from, to), "proxy-" + direction);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Direction direction, Socket from, Socket to) {
        try {
            byte[] chunk = new byte[CHUNK];
            for (int count = from.getInputStream().read(chunk);
                    count >= 0;
                    count = from.getInputStream().read(chunk)) {
                Passage passage = valve.pass(direction, count, () -> closed);
                to.getOutputStream().write(chunk, 0, passage.count());
                if (passage.cut()) {
                    close();
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        } finally {
            if (open.decrementAndGet() == 0) {
                close();
            }
        }
    }

    /** Cuts it. */
    void close() {
        closed = true;
        valve.wake();
        try (client;
                server) {
            ended.accept(this);
        } catch (IOException e) {
            // A socket that cannot be closed is closed.
        }
    }
}
