package dev.sluice.referee;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Judges a whole test run when its launcher session closes.
 *
 * <p>The platform swallows what a {@code TestExecutionListener} throws, but not what a resource of the session throws
 * on being closed; so the verdict is such a resource. Resources are closed in the reverse order of their creation:
 * the verdict is created first, and therefore a server that a test keeps in the store of the session is gone by then.
 *
 * <p>It is silent unless the system property {@value #SWITCH} is {@code true}. The build sets it; a single test that is
 * run in an editor, or a tool that runs a test a thousand times over mutated code, does not.
 */
public final class Referee implements LauncherSessionListener {

    static final String SWITCH = "sluice.referee";

    /** How long threads and processes may take to go away by themselves after the last test. */
    static final Duration GRACE = Duration.ofSeconds(5);

    /** Created by the JUnit Platform. */
    public Referee() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (Boolean.getBoolean(SWITCH)) {
            watch(session, GRACE);
        }
    }

    static void watch(LauncherSession session, Duration grace) {
        Unrun unrun = new Unrun();
        Leftovers leftovers = new Leftovers(grace);
        session.getLauncher().registerTestExecutionListeners(unrun);
        AutoCloseable verdict =
                () -> judge(Stream.concat(unrun.found(), leftovers.found()).toList());
        session.getStore().put(Namespace.create(Referee.class), "verdict", verdict);
    }

    private static void judge(List<String> faults) {
        if (!faults.isEmpty()) {
            throw new AssertionError("The referee fails this test run:\n  - " + String.join("\n  - ", faults));
        }
    }
}
