package dev.sluice.redis;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Step;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ScoredValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The due indexes of all shards, asked in one go: 256 short commands that are handed over together. */
final class DueIndex {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final StatefulConnection<byte[], byte[]> connection;
    private final Names names;

    DueIndex(StatefulConnection<byte[], byte[]> connection, Names names) {
        this.connection = connection;
        this.names = names;
    }

    CompletionStage<List<Key>> due(long now, int limit) {
        return shards(
                        CommandType.ZRANGEBYSCORE,
                        args -> args.add(Step.AT_ONCE)
                                .add(now)
                                .add("WITHSCORES")
                                .add("LIMIT")
                                .add(0)
                                .add(limit))
                .thenApply(found -> found.stream()
                        .sorted(soonestFirst())
                        .limit(limit)
                        .map(DueIndex::key)
                        .toList());
    }

    CompletionStage<Long> nextDue() {
        return shards(CommandType.ZRANGE, args -> args.add(0).add(0).add("WITHSCORES"))
                .thenApply(found -> found.stream()
                        .mapToLong(next -> (long) next.getScore())
                        .min()
                        .orElse(Micros.FOREVER));
    }

    private CompletionStage<List<ScoredValue<byte[]>>> shards(
            CommandType type, Consumer<CommandArgs<byte[], byte[]>> arguments) {
        List<AsyncCommand<byte[], byte[], List<ScoredValue<byte[]>>>> all = new ArrayList<>(Names.SHARDS);
        for (int shard = 0; shard < Names.SHARDS; shard++) {
            CommandArgs<byte[], byte[]> args = new CommandArgs<>(CODEC).addKey(names.due(shard));
            arguments.accept(args);
            all.add(new AsyncCommand<>(new Command<>(type, new ScoredValueListOutput<>(CODEC), args)));
        }
        connection.dispatch(all);
        return Asked.all(all)
                .thenApply(found -> found.stream().flatMap(List::stream).toList());
    }

    private static Comparator<ScoredValue<byte[]>> soonestFirst() {
        return Comparator.comparingDouble((ScoredValue<byte[]> one) -> one.getScore())
                .thenComparing(one -> key(one).text());
    }

    private static Key key(ScoredValue<byte[]> one) {
        return Key.parse(new String(one.getValue(), StandardCharsets.UTF_8));
    }
}
