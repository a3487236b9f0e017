package dev.sluice.benchmarks;

import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.redis.RedisStore;
import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a kill costs a denial cache: a process decides over one hot key as fast as it can and is killed with SIGKILL;
 * what it had answered is compared with what the store counted. Answers are counted in a mapped file, which a kill does
 * not lose.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.LostByKill [rounds]
 * </pre>
 */
public final class LostByKill {
    private static final Rule RULE = Rule.allow("5 per 1h").build();
    private static final long WARM_MILLIS = 3_000;

    private LostByKill() {}

    /** Runs with the number of kills; with three arguments it is the process that is killed. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 3) {
            decide(arguments[0], Key.of("errors", arguments[1]), Path.of(arguments[2]));
            return;
        }
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        try (RedisServer server = RedisServer.start()) {
            for (int round = 0; round < rounds; round++) {
                kill(server, "round-" + round);
            }
        }
    }

    private static void kill(RedisServer server, String subject) throws IOException, InterruptedException {
        Path counted = Files.createTempFile("sluice-lost", ".count");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LostByKill.class.getName(),
                server.url(),
                subject,
                counted.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (RedisStore store = RedisStore.open(server.url())) {
            MappedByteBuffer answers = map(counted);
            while (answers.getLong(0) == 0 && process.isAlive()) {
                Thread.sleep(1);
            }
            Thread.sleep(WARM_MILLIS);
            long before = answers.getLong(0);
            long began = System.nanoTime();
            Thread.sleep(ThreadLocalRandom.current().nextLong(500, 1_500));
            double rate = (answers.getLong(0) - before) / ((System.nanoTime() - began) / 1e9);
            process.destroyForcibly().waitFor();
            State state = store.read(Key.of("errors", subject))
                    .toCompletableFuture()
                    .join()
                    .orElse(State.EMPTY);
            long lost = answers.getLong(0) - state.seen();
            System.out.printf(
                    "answered %,d at %,.0f/s, counted %,d (%d of them passes): lost %,d, those of %.3f s%n",
                    answers.getLong(0), rate, state.seen(), state.done(), lost, lost / rate);
        } finally {
            process.destroyForcibly();
            Files.delete(counted);
        }
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
    }

    private static void decide(String url, Key key, Path counted) throws IOException {
        MappedByteBuffer answers = map(counted);
        Gate gate = Gate.over(RedisStore.open(url))
                .flow("errors", RULE)
                .onDigest((each, tally) -> {})
                .build();
        for (long answered = 1; ; answered++) {
            gate.tryPass(key);
            answers.putLong(0, answered);
        }
    }
}
