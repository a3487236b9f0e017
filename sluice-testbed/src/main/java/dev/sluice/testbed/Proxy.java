package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and a server on loopback, and disturbs what goes through: cuts connections, now or in the
 * middle of a command or reply, holds everything back, lets nobody in. Until it is told to, it only passes on. Safe for
 * use by many threads.
 */
public final class Proxy implements AutoCloseable {
    private static final int BACKLOG = 200;

    private final int target;
    private final ServerSocket listener;
    private final Valve valve = new Valve();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private volatile boolean refusing;

    /** Which way the bytes go. */
    public enum Direction {
        /** From the client to the server. */
        COMMANDS,
        /** From the server to the client. */
        REPLIES
    }

    private Proxy(int target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
        this.acceptor = new Thread(this::accept, "proxy-" + listener.getLocalPort());
        acceptor.setDaemon(true);
    }

    /** A proxy in front of the server at {@code port} of 127.0.0.1; it listens on a free port. */
    public static Proxy to(int port) {
        try {
            Proxy proxy = new Proxy(port, new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            proxy.acceptor.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect to, on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Cuts all connections now; new ones are let in. */
    public void cut() {
        links.forEach(Link::close);
    }

    /**
     * Cuts one connection, once: that on which the {@code bytes}-th byte from now on comes by in this direction, right
     * behind that byte. 0 replies: the next reply is lost, although the server did what it was told. A few commands: the
     * server gets the beginning of one. Replaces what was asked for before in the same direction.
     */
    public void cutAfter(Direction direction, long bytes) {
        valve.cutAfter(direction, bytes);
    }

    /** Whether a cut that was asked for has yet to come. */
    public boolean isAboutToCut() {
        return valve.isAboutToCut();
    }

    /** Holds back everything in both directions; connections stay, and new ones are taken and left without an answer. */
    public void pause() {
        valve.pause();
    }

    /** Closes every new connection at once; those that are there stay. */
    public void refuse() {
        refusing = true;
    }

    /** Passes on again: what was held back, and new connections. Forgets cuts that have yet to come. */
    public void resume() {
        refusing = false;
        valve.open();
    }

    /** How many connections go through it now. */
    public int connections() {
        return links.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Closed, or a client that was gone before it was let in: the loop sees which.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            Link link = new Link(client, server, valve, links::remove);
            links.add(link);
            link.start();
        } catch (IOException e) {
            client.close();
        }
    }

    /** Cuts all connections, and listens no more. */
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
        valve.open();
        cut();
    }
}
