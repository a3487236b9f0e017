package dev.sluice.server.channel;

import dev.sluice.server.config.ChannelConfig;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens connections, and ends them at their deadline by closing the socket under whoever reads or writes. */
final class SmtpDialer implements AutoCloseable {
    private static final int MOST_LOOKUPS = 4;

    private final ChannelConfig.Smtp config;
    private final ScheduledThreadPoolExecutor watchdog =
            new ScheduledThreadPoolExecutor(1, named("sluice-smtp-watchdog"));
    // The lookup of a name has no time-out of its own: it runs where it can be left behind.
    private final ThreadPoolExecutor lookups = new ThreadPoolExecutor(
            0, MOST_LOOKUPS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), named("sluice-smtp-lookup"));

    SmtpDialer(ChannelConfig.Smtp config) {
        this.config = config;
        watchdog.setRemoveOnCancelPolicy(true);
    }

    /** A connected socket, to the first address of the host that answers. */
    Socket dial(Deadline deadline) throws IOException {
        IOException failure = new ConnectException("no time left to connect");
        for (InetAddress address : addresses(deadline)) {
            if (deadline.over()) {
                break;
            }
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                // Keeps the name beside the address, so that nobody looks it up backwards.
                InetAddress named = InetAddress.getByAddress(config.host(), address.getAddress());
                socket.connect(
                        new InetSocketAddress(named, config.port()),
                        deadline.millis(config.timeouts().connect()));
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure;
    }

    /** Does {@code work}; at the deadline {@code socket} is closed under it. */
    <T> T watched(Socket socket, Deadline deadline, Callable<T> work) throws Exception {
        Future<?> bite = watchdog.schedule(() -> closeQuietly(socket), deadline.left(), TimeUnit.NANOSECONDS);
        try {
            return work.call();
        } finally {
            bite.cancel(false);
        }
    }

    /** Runs {@code task} every {@code millis} until this is closed. */
    Future<?> every(long millis, Runnable task) {
        return watchdog.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** What is being watched stays so until its deadline. */
    @Override
    public void close() {
        watchdog.shutdown();
        lookups.shutdownNow();
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    private InetAddress[] addresses(Deadline deadline) throws IOException {
        try {
            return lookups.submit(() -> InetAddress.getAllByName(config.host()))
                    .get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            throw new UnknownHostException("cannot look up " + config.host());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("interrupted while looking up " + config.host());
        }
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
