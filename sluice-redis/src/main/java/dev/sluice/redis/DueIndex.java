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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/** The due indexes of all shards, asked in one go: 256 short commands that are handed over together. */
final class DueIndex {
    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private static final Comparator<Due> SOONEST_FIRST =
            Comparator.comparingLong(Due::at).thenComparing(due -> due.key().text());

    private final StatefulConnection<byte[], byte[]> connection;
    private final Names names;
    private final Foreign foreign;

    /** The most members of one shard that were no keys: so many more are asked for, lest they hide what is due. */
    private volatile int passedOver;

    DueIndex(StatefulConnection<byte[], byte[]> connection, Names names, Foreign foreign) {
        this.connection = connection;
        this.names = names;
        this.foreign = foreign;
    }

    private record Due(Key key, long at) {}

    CompletionStage<List<Key>> due(long now, int limit) {
        return soonest(
                        limit,
                        (args, most) -> args.add(Step.AT_ONCE)
                                .add(now)
                                .add("WITHSCORES")
                                .add("LIMIT")
                                .add(0)
                                .add(most))
                .thenApply(found -> found.stream()
                        .sorted(SOONEST_FIRST)
                        .limit(limit)
                        .map(Due::key)
                        .toList());
    }

    CompletionStage<Long> nextDue() {
        return soonest(
                        1,
                        (args, most) -> args.add(Step.AT_ONCE)
                                .add("+inf")
                                .add("WITHSCORES")
                                .add("LIMIT")
                                .add(0)
                                .add(most))
                .thenApply(found -> found.stream().mapToLong(Due::at).min().orElse(Micros.FOREVER));
    }

    /** The first keys of each shard, at least {@code wanted} where there are so many. */
    private CompletionStage<List<Due>> soonest(int wanted, ObjIntConsumer<CommandArgs<byte[], byte[]>> arguments) {
        int most = wanted + passedOver;
        return shards(args -> arguments.accept(args, most)).thenCompose(shards -> {
            List<Due> all = new ArrayList<>();
            int unread = 0;
            for (int shard = 0; shard < shards.size(); shard++) {
                List<Due> read = read(shards.get(shard), shard);
                unread = Math.max(unread, shards.get(shard).size() - read.size());
                all.addAll(read);
            }
            boolean mayHideOthers = unread > most - wanted;
            passedOver = Math.max(passedOver, 2 * unread);
            return mayHideOthers ? soonest(wanted, arguments) : CompletableFuture.completedStage(all);
        });
    }

    private CompletionStage<List<List<ScoredValue<byte[]>>>> shards(Consumer<CommandArgs<byte[], byte[]>> arguments) {
        List<AsyncCommand<byte[], byte[], List<ScoredValue<byte[]>>>> all = new ArrayList<>(Names.SHARDS);
        for (int shard = 0; shard < Names.SHARDS; shard++) {
            CommandArgs<byte[], byte[]> args = new CommandArgs<>(CODEC).addKey(names.due(shard));
            arguments.accept(args);
            all.add(new AsyncCommand<>(
                    new Command<>(CommandType.ZRANGEBYSCORE, new ScoredValueListOutput<>(CODEC), args)));
        }
        connection.dispatch(all);
        return Asked.all(all.stream().map(DueIndex::orNothing).toList()).thenCompose(shards -> {
            boolean nothing = shards.stream().allMatch(Optional::isEmpty);
            return nothing
                    ? Asked.all(all)
                    : CompletableFuture.completedStage(shards.stream()
                            .map(shard -> shard.orElse(List.of()))
                            .toList());
        });
    }

    /** What lies on a node that is away is due when it is back, and keeps nothing else from it. */
    private static <T> CompletionStage<Optional<T>> orNothing(CompletionStage<T> shard) {
        return shard.handle((found, fault) -> {
            if (fault == null) {
                return Optional.of(found);
            } else if (Refusals.isAway(fault)) {
                return Optional.<T>empty();
            }
            throw new CompletionException(fault);
        });
    }

    private List<Due> read(List<ScoredValue<byte[]>> members, int shard) {
        List<Due> read = new ArrayList<>(members.size());
        for (ScoredValue<byte[]> member : members) {
            try {
                read.add(new Due(Names.member(member.getValue(), shard), (long) member.getScore()));
            } catch (IllegalArgumentException e) {
                foreign.found(member.getValue(), e);
            }
        }
        return read;
    }
}
