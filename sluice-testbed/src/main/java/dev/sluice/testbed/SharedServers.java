package dev.sluice.testbed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The servers that all tests of one JVM share: each is started when the first test asks for it, and closed after the
 * last. Tests keep out of each other's way by a key prefix, a schema or a database of their own.
 */
public final class SharedServers implements LauncherSessionListener {
    /** One of each kind for the JVM, which is the point of it; emptied when the session closes. */
    private static final Map<String, AutoCloseable> STARTED = new ConcurrentHashMap<>();

    /** Created by the JUnit Platform. */
    public SharedServers() {}

    /** The server of this kind, started now if nobody asked for it before. */
    static <S extends AutoCloseable> S get(Class<S> kind, Supplier<S> start) {
        return kind.cast(STARTED.computeIfAbsent(kind.getName(), name -> start.get()));
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        Deque<AutoCloseable> servers = new ArrayDeque<>(STARTED.values());
        STARTED.clear();
        while (!servers.isEmpty()) {
            try {
                servers.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("a shared server did not close", e);
            }
        }
    }
}
