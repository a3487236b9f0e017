package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Answers what it reads at once by the same, and counts the bytes that it got. */
final class EchoServer implements AutoCloseable {
    private static final int CHUNK = 1000;

    private final ServerSocket listener;
    private final Thread acceptor;
    private final AtomicLong received = new AtomicLong();

    EchoServer() {
        try {
            listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        acceptor = start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    long received() {
        return received.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                start(() -> echo(client));
            } catch (IOException e) {
                // Closed: the loop sees it.
            }
        }
    }

    private void echo(Socket client) {
        try (client) {
            byte[] chunk = new byte[CHUNK];
            for (int count = client.getInputStream().read(chunk);
                    count >= 0;
                    count = client.getInputStream().read(chunk)) {
                received.addAndGet(count);
                client.getOutputStream().write(chunk, 0, count);
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "echo");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Listens no more, for certain: a thread that is still in accept would let one more in. */
    @Override
    public void close() {
        try {
            listener.close();
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
