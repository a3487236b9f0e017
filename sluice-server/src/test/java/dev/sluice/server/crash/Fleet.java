package dev.sluice.server.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Several real servers, each a process of its own, on one store. For one thread. */
final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path home;
    private final List<Duration> skews;
    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<URI> addresses = new ArrayList<>();

    /** @param skews how far the clock of each server is ahead */
    private Fleet(Path home, List<Duration> skews) {
        this.home = home;
        this.skews = skews;
    }

    /** Nobody. */
    static Fleet none() {
        return new Fleet(Path.of(""), List.of());
    }

    /** Starts a server for each of {@code skews}, all at once, and waits until they are ready. */
    static Fleet start(Path home, String yaml, List<Duration> skews) {
        try {
            Files.writeString(home.resolve("sluice.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Fleet fleet = new Fleet(home, skews);
        try {
            skews.forEach(skew -> fleet.servers.add(ServerProcess.startShared(home, skew)));
            fleet.servers.forEach(server -> fleet.addresses.add(addressOf(server)));
            return fleet;
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    private static URI addressOf(ServerProcess server) {
        return server.ready(PATIENCE)
                .orElseThrow(() -> new IllegalStateException("a server did not start:\n" + server.output()));
    }

    /** How many there are. */
    int size() {
        return skews.size();
    }

    /** The process of one. */
    ServerProcess server(int index) {
        return servers.get(index);
    }

    /** Speaks with one, wherever it listens when it is asked. */
    Api api(int index) {
        return new Api(() -> addresses.get(index));
    }

    /** {@code kill -9}. */
    void kill(int index) {
        servers.get(index).kill();
    }

    /** Starts these again after they ended, all at once, and waits until they are ready. */
    void restart(List<Integer> indexes) {
        indexes.forEach(index -> servers.set(index, ServerProcess.startShared(home, skews.get(index))));
        indexes.forEach(index -> addresses.set(index, addressOf(servers.get(index))));
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
