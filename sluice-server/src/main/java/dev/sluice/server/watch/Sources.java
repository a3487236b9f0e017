package dev.sluice.server.watch;

import dev.sluice.Key;
import dev.sluice.outbox.LastLook;
import dev.sluice.redis.RedisHashes;
import dev.sluice.redis.RedisSettings;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.RecipientsConfig;
import dev.sluice.server.config.SourceConfig;
import dev.sluice.server.config.StoreUrl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where the values of subjects can be read at any time. Safe for use by many threads. */
public final class Sources implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 10_000;

    private final Map<String, RedisHashes> hashes = new LinkedHashMap<>();

    /**
     * Connects to the sources of all flows, or to none.
     *
     * @throws dev.sluice.StoreException if one of them is not there
     */
    public Sources(Iterable<FlowConfig> flows, RedisSettings settings) {
        try {
            for (FlowConfig flow : flows) {
                flow.levels().source().ifPresent(source -> hashes.put(flow.name(), open(source, settings)));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static RedisHashes open(SourceConfig source, RedisSettings settings) {
        return RedisHashes.open(url(source), settings, source.plan());
    }

    static String url(SourceConfig source) {
        return ((StoreUrl.Shared) source.url()).reveal();
    }

    /** The values of a subject as they are now; empty if the flow has no source. */
    Optional<Map<String, String>> values(String flow, String subject) throws Exception {
        RedisHashes of = hashes.get(flow);
        return of == null
                ? Optional.empty()
                : Optional.of(of.values(subject).toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    }

    /**
     * To whom messages of a flow go: the address that its subject has now.
     *
     * @param text the subject of a key in full
     */
    public LastLook addresses(
            FlowConfig flow, RecipientsConfig recipients, java.util.function.Function<Key, String> text) {
        return asked -> {
            if (asked.named()) {
                return new LastLook.Answer.Send(List.of());
            }
            String address = values(flow.name(), text.apply(asked.key()))
                    .map(values -> values.getOrDefault(recipients.field(), ""))
                    .orElse("");
            return new LastLook.Answer.Send(address.isBlank() ? List.of() : List.of(address.strip()));
        };
    }

    @Override
    public void close() {
        hashes.values().forEach(RedisHashes::close);
    }
}
