package dev.sluice.benchmarks;

import dev.sluice.Fingerprint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * Fingerprints per second of processor time of one thread: what {@link FingerprintBenchmark} measures by the clock on
 * the wall, for machines that have other things to do meanwhile.
 *
 * <p>{@code java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.FingerprintSpeed DIRECTORY}
 */
public final class FingerprintSpeed {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final int WARM_UP = 30;
    private static final int ROUNDS = 31;
    private static final double NANOS = 1e9;

    private final List<String> messages;
    private long consumed;

    private FingerprintSpeed(List<String> messages) {
        this.messages = messages;
    }

    /** Prints a table, a line for each way. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: FingerprintSpeed DIRECTORY (of *_structured.csv files)");
        }
        FingerprintSpeed speed = new FingerprintSpeed(LabelledLog.in(Path.of(arguments[0])).stream()
                .flatMap(log -> log.messages().stream())
                .toList());
        System.out.println("| | messages/s of processor time |");
        System.out.println("|---|---|");
        speed.print("fingerprint of the first 100 characters", new Fingerprint("message", 100, true)::of);
        speed.print("fingerprint of the whole message", new Fingerprint("message", Fingerprint.WHOLE, true)::of);
        speed.print("lower case", message -> message.toLowerCase(Locale.ROOT));
        speed.print(
                "lower case, digits by a regular expression",
                message -> DIGITS.matcher(message.toLowerCase(Locale.ROOT)).replaceAll("0"));
        System.out.println(messages(speed));
    }

    private static String messages(FingerprintSpeed speed) {
        return speed.messages.size() + " messages, " + speed.consumed + " characters made";
    }

    private void print(String name, UnaryOperator<String> way) {
        for (int i = 0; i < WARM_UP; i++) {
            round(way);
        }
        double[] rounds =
                DoubleStream.generate(() -> round(way)).limit(ROUNDS).sorted().toArray();
        System.out.printf(Locale.ROOT, "| %s | %,.0f |%n", name, rounds[ROUNDS / 2]);
    }

    private double round(UnaryOperator<String> way) {
        long begun = processorNanos();
        for (String message : messages) {
            consumed += way.apply(message).length();
        }
        return messages.size() * NANOS / (processorNanos() - begun);
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
