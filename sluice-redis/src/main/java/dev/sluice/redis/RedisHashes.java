package dev.sluice.redis;

import dev.sluice.StoreException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.MapOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the values of subjects, whoever listens to what is announced. Safe for use by many threads. */
public final class RedisHashes implements AutoCloseable {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final RedisSource.Plan plan;
    private final Link link;

    RedisHashes(RedisSource.Plan plan, Link link) {
        this.plan = plan;
        this.link = link;
    }

    /**
     * Connects to a URL as {@link RedisStore#open} takes it.
     *
     * @throws StoreException if the server is not there, or refuses the user
     * @throws IllegalArgumentException if the URL is none
     */
    public static RedisHashes open(String url, RedisSettings settings, RedisSource.Plan plan) {
        return new RedisHashes(plan, Link.open(Address.of(url), settings));
    }

    /** The values of a subject as they are now; empty if there are none, or the text names no subject. */
    public CompletionStage<Map<String, String>> values(String subject) {
        return plan.payload()
                .read(subject)
                .map(parts -> values(new WatchedSubject(plan.payload().write(parts), parts)))
                .orElseGet(() -> CompletableFuture.completedStage(Map.of()));
    }

    private CompletionStage<Map<String, String>> values(WatchedSubject subject) {
        return values(List.of(subject)).get(0);
    }

    /** The values of each of them, in their order; asked for in one go. */
    List<CompletionStage<Map<String, String>>> values(List<WatchedSubject> subjects) {
        List<Read> all = new ArrayList<>(subjects.size() * plan.hashes().size());
        List<CompletionStage<Map<String, String>>> values = new ArrayList<>(subjects.size());
        for (WatchedSubject subject : subjects) {
            List<Read> own = plan.hashes().stream()
                    .map(hash -> new Read(hash.write(subject.parts())))
                    .toList();
            all.addAll(own);
            values.add(CompletableFuture.allOf(own.toArray(CompletableFuture[]::new))
                    .thenApply(read -> merged(own)));
        }
        link.connection().dispatch(all);
        return values;
    }

    /** The reading of one hash. */
    private static final class Read extends AsyncCommand<byte[], byte[], Map<byte[], byte[]>> {
        Read(String name) {
            super(new Command<>(
                    CommandType.HGETALL,
                    new MapOutput<>(CODEC),
                    new CommandArgs<>(CODEC).addKey(name.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static Map<String, String> merged(List<Read> hashes) {
        Map<String, String> values = new HashMap<>();
        hashes.forEach(hash -> text(hash.join()).forEach(values::putIfAbsent));
        return values;
    }

    private static Map<String, String> text(Map<byte[], byte[]> hash) {
        Map<String, String> text = new LinkedHashMap<>();
        hash.forEach((field, value) ->
                text.put(new String(field, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8)));
        return text;
    }

    Link link() {
        return link;
    }

    @Override
    public void close() {
        link.close();
    }
}
