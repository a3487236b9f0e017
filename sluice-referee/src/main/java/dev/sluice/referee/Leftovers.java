package dev.sluice.referee;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Threads and child processes that were not there when this object was created and outlive the grace period.
 *
 * <p>Daemon threads of other people's libraries are let be; our own carry a name that starts with {@code sluice} and
 * have no excuse. Virtual threads cannot be listed and are not seen.
 */
final class Leftovers {

    private static final int FRAMES = 3;

    private final Duration grace;
    private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
    private final Set<ProcessHandle> processesBefore =
            ProcessHandle.current().descendants().collect(Collectors.toSet());

    Leftovers(Duration grace) {
        this.grace = grace;
    }

    /** What is left; blocks until nothing is, or for the grace period at most. A process that is left is killed. */
    Stream<String> found() {
        long deadline = System.nanoTime() + grace.toNanos();
        while (!nothingLeft() && System.nanoTime() - deadline < 0) {
            waitForOne(deadline);
        }
        return Stream.concat(
                threads().stream().map(Leftovers::text), processes().stream().map(Leftovers::killed));
    }

    private boolean nothingLeft() {
        return threads().isEmpty() && processes().isEmpty();
    }

    private void waitForOne(long deadline) {
        long nanos = Math.max(1, deadline - System.nanoTime());
        try {
            for (Thread thread : threads()) {
                TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
                return;
            }
            for (ProcessHandle process : processes()) {
                process.onExit().get(nanos, TimeUnit.NANOSECONDS);
                return;
            }
        } catch (TimeoutException e) {
            // Still there at the deadline: found() reports it.
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot wait for a child process", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Interrupted while waiting for leftovers", e);
        }
    }

    private List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threadsBefore.contains(thread))
                .filter(thread -> !thread.isDaemon() || thread.getName().startsWith("sluice"))
                .filter(Thread::isAlive)
                .toList();
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> !processesBefore.contains(process))
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    private static String text(Thread thread) {
        String at = Arrays.stream(thread.getStackTrace())
                .limit(FRAMES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(", "));
        return "thread still alive: " + thread.getName() + ", " + thread.getState() + " at " + at;
    }

    private static String killed(ProcessHandle process) {
        String command = process.info().commandLine().orElse("unknown command");
        process.destroyForcibly();
        return "process still alive, killed now: " + process.pid() + ", " + command;
    }
}
