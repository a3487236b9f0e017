package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Store;
import dev.sluice.sql.SqlSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes that trigger the same job at once. */
class TriggerProcessTest {
    private static final int PROCESSES = 4;
    private static final int TRIGGERS_EACH = 25;
    private static final String KIND = "mailbox";
    private static final String GO = "go";

    @ParameterizedTest
    @EnumSource
    @DisplayName("S5.1 100 triggers at once in 4 processes: one starts the job, 99 are told the one state it is in")
    void oneOfAHundred(KilledProcessTest.Place place) throws Exception {
        String database = place.database();
        String keys = place.keys(database);
        String subject = "user-" + System.nanoTime();
        List<Process> processes = new ArrayList<>();
        Map<String, Integer> said = new TreeMap<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(keys, database, subject));
            }
            List<BufferedReader> readers =
                    processes.stream().map(Process::inputReader).toList();
            for (BufferedReader reader : readers) {
                assertThat(reader.readLine()).isEqualTo("ready");
            }
            for (Process process : processes) {
                process.outputWriter().append(GO).append('\n').flush();
            }
            for (BufferedReader reader : readers) {
                for (int i = 0; i < TRIGGERS_EACH; i++) {
                    said.merge(Optional.ofNullable(reader.readLine()).orElse("nothing"), 1, Integer::sum);
                }
            }
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
        assertThat(said.remove("started")).isEqualTo(1);
        assertThat(said.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(PROCESSES * TRIGGERS_EACH - 1);
        assertThat(said.keySet()).isSubsetOf("QUEUED", "RUNNING");
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TriggerProcessTest.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** One of the processes: says what each of its triggers did, and works until it is ended. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        try (Store store = OtherWorker.store(arguments[0]);
                JobDatabase database = JobDatabase.beside(arguments[1], SqlSettings.STANDARD);
                Jobs jobs = Jobs.over(store, database)
                        .kind(new JobKind(KIND, OtherWorker.LEASE, Retries.STANDARD, TriggerProcessTest::forEver))
                        .start()) {
            System.out.println("ready");
            if (System.in.read() == GO.charAt(0)) {
                triggers(jobs, arguments[2]).forEach(System.out::println);
            }
            while (System.in.read() >= 0) {
                // Works on.
            }
        }
    }

    private static StepResult forEver(Run run) throws InterruptedException {
        Thread.currentThread().join();
        return StepResult.done();
    }

    private static List<String> triggers(Jobs jobs, String subject) throws InterruptedException, ExecutionException {
        ExecutorService callers = Executors.newFixedThreadPool(TRIGGERS_EACH);
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 0; i < TRIGGERS_EACH; i++) {
            all.add(() -> said(jobs.trigger(KIND, Trigger.of(subject))));
        }
        List<String> said = new ArrayList<>();
        for (Future<String> each : callers.invokeAll(all)) {
            said.add(each.get());
        }
        callers.shutdown();
        return said;
    }

    private static String said(Triggered done) {
        if (done instanceof Triggered.Started) {
            return "started";
        }
        return done instanceof Triggered.Already already ? already.job().state().name() : done.toString();
    }
}
