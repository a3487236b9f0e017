package dev.sluice.referee;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Tests and classes that were found but not run to their end: disabled, or stopped by an assumption. */
final class Unrun implements TestExecutionListener {

    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    Stream<String> found() {
        return found.stream();
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        found.add("skipped: " + name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.ABORTED) {
            String reason = result.getThrowable().map(Throwable::toString).orElse("no reason given");
            found.add("aborted: " + name(test) + ": " + reason);
        }
    }

    private static String name(TestIdentifier test) {
        return test.getDisplayName() + test.getSource().map(Unrun::in).orElse("");
    }

    private static String in(TestSource source) {
        return " in " + source;
    }
}
