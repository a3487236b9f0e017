package dev.sluice.referee;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each fault is committed by a small class that only this test runs, in a launcher session of its own. */
class RefereeTest {

    private static final Duration SHORT = Duration.ofMillis(200);

    private static CountDownLatch release = new CountDownLatch(1);
    private static @Nullable Process child;

    @AfterEach
    void cleanUp() throws InterruptedException {
        release.countDown();
        release = new CountDownLatch(1);
        if (child != null) {
            child.destroyForcibly().waitFor();
            child = null;
        }
    }

    @Test
    void aCleanRunPasses() {
        assertThatCode(() -> run(Clean.class)).doesNotThrowAnyException();
    }

    @Test
    void aDisabledTestFailsTheRun() {
        assertThatThrownBy(() -> run(DisabledMethod.class))
                .hasMessageContaining("skipped: notRun()")
                .hasMessageContaining("not today");
    }

    @Test
    void aDisabledClassFailsTheRun() {
        assertThatThrownBy(() -> run(DisabledClass.class)).hasMessageContaining("skipped: RefereeTest$DisabledClass");
    }

    @Test
    void anAssumptionThatDoesNotHoldFailsTheRun() {
        assertThatThrownBy(() -> run(Assuming.class))
                .hasMessageContaining("aborted: assumes()")
                .hasMessageContaining("no browser");
    }

    @Test
    void aThreadThatKeepsTheProcessAliveFailsTheRun() {
        assertThatThrownBy(() -> run(KeepsThread.class)).hasMessageContaining("thread still alive: forgotten");
    }

    @Test
    void aDaemonOfOursFailsTheRun() {
        assertThatThrownBy(() -> run(KeepsOurDaemon.class)).hasMessageContaining("thread still alive: sluice-due");
    }

    @Test
    void aDaemonOfALibraryIsLetBe() {
        assertThatCode(() -> run(KeepsLibraryDaemon.class)).doesNotThrowAnyException();
    }

    @Test
    void whatTheSessionClosesIsGoneBeforeTheVerdict() {
        assertThatCode(() -> run(Duration.ofMinutes(1), () -> release.countDown(), KeepsThread.class))
                .doesNotThrowAnyException();
    }

    @Test
    void aChildProcessFailsTheRun() {
        assertThatThrownBy(() -> run(KeepsProcess.class)).hasMessageContaining("process still alive");
    }

    @Test
    void allFaultsAreToldAtOnce() {
        assertThatThrownBy(() -> run(KeepsThread.class, DisabledMethod.class))
                .hasMessageContaining("skipped: ")
                .hasMessageContaining("thread still alive: ");
    }

    @Test
    void thePlatformFindsTheRefereeByItself() {
        assertThatThrownBy(() -> run(LauncherConfig.DEFAULT, DisabledMethod.class))
                .hasMessageContaining("The referee fails this test run");
    }

    private static void run(Class<?>... tests) {
        run(SHORT, () -> {}, tests);
    }

    private static void run(Duration grace, AutoCloseable shared, Class<?>... tests) {
        LauncherSessionListener referee = new LauncherSessionListener() {
            @Override
            public void launcherSessionOpened(LauncherSession session) {
                Referee.watch(session, grace);
                session.getStore().put(Namespace.GLOBAL, "shared", shared);
            }
        };
        LauncherConfig config = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .addLauncherSessionListeners(referee)
                .build();
        run(config, tests);
    }

    private static void run(LauncherConfig config, Class<?>... tests) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> test : tests) {
            request.selectors(selectClass(test));
        }
        try (LauncherSession session = LauncherFactory.openSession(config)) {
            session.getLauncher().execute(request.forExecution().build());
        }
    }

    private static void keepThread(String name, boolean daemon) {
        CountDownLatch latch = release;
        Thread thread = new Thread(() -> awaitQuietly(latch), name);
        thread.setDaemon(daemon);
        thread.start();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static class Clean {
        @Test
        void nothing() {}
    }

    static class DisabledMethod {
        @Test
        @Disabled("not today")
        void notRun() {}
    }

    @Disabled("not today")
    static class DisabledClass {
        @Test
        void notRun() {}
    }

    static class Assuming {
        @Test
        void assumes() {
            Assumptions.abort("no browser");
        }
    }

    static class KeepsThread {
        @Test
        void starts() {
            keepThread("forgotten", false);
        }
    }

    static class KeepsOurDaemon {
        @Test
        void starts() {
            keepThread("sluice-due", true);
        }
    }

    static class KeepsLibraryDaemon {
        @Test
        void starts() {
            keepThread("library", true);
        }
    }

    static class KeepsProcess {
        @Test
        void starts() throws IOException {
            child = new ProcessBuilder("cat").start();
        }
    }
}
