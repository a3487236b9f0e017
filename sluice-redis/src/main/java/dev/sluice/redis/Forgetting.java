package dev.sluice.redis;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.Step;
import dev.sluice.Store.Forgotten;
import dev.sluice.Store.RuleBook;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Finds the keys whose counts the books must keep when they go, and lets them go. Its rounds follow each other. */
final class Forgetting {
    /** How the server says that a name holds no string, as a state is one. */
    private static final String NO_STRING = "WRONGTYPE";

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Names names;
    private final StepScript script;
    private final Evaluation evaluation;
    private final ServerTime time;
    private final Foreign foreign;
    private final Sweep sweep;

    Forgetting(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            StepScript script,
            Evaluation evaluation,
            ServerTime time,
            Foreign foreign) {
        this.redis = redis;
        this.names = names;
        this.script = script;
        this.evaluation = evaluation;
        this.time = time;
        this.foreign = foreign;
        this.sweep = new Sweep(redis, names, foreign);
    }

    /** Looks at the next keys, at most {@code most}. */
    CompletionStage<List<Forgotten>> next(RuleBook rules, int most) {
        return sweep.next(most)
                .thenCompose(keys -> {
                    List<CompletionStage<Optional<Forgotten>>> each = new ArrayList<>();
                    keys.stream()
                            .distinct()
                            .forEach(key -> rules.rule(key).ifPresent(rule -> each.add(forget(key, rule))));
                    return Asked.all(each);
                })
                .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
    }

    private CompletionStage<Optional<Forgotten>> forget(Key key, Rule rule) {
        CompletionStage<Boolean> ripe =
                redis.get(names.state(key)).handle((packed, fault) -> isRipe(key, rule, packed, fault));
        return ripe.thenCompose(it -> it
                ? evaluation.run(key, script.forget(key, rule)).thenApply(stepped -> forgotten(key, rule, stepped))
                : CompletableFuture.completedStage(Optional.<Forgotten>empty()));
    }

    /** What is no state, or one that this version cannot read, says so of this name alone. */
    private boolean isRipe(Key key, Rule rule, byte @Nullable [] packed, @Nullable Throwable fault) {
        try {
            if (fault != null && !String.valueOf(fault.getMessage()).startsWith(NO_STRING)) {
                throw new CompletionException(fault);
            } else if (fault != null) {
                throw new IllegalArgumentException("it holds something else than a state");
            }
            return packed != null && Step.forget(Packed.decode(packed), rule, time.now()) != null;
        } catch (IllegalArgumentException e) {
            foreign.found(names.state(key), e);
            return false;
        }
    }

    private static Optional<Forgotten> forgotten(Key key, Rule rule, Stepped stepped) {
        return stepped.after() != null
                ? Optional.empty()
                : Optional.ofNullable(Step.forget(stepped.before(), rule, stepped.now()))
                        .map(outcome -> new Forgotten(key, outcome.books(new Event.Take())));
    }
}
