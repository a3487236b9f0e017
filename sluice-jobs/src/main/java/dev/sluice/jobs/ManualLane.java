package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** A lane without threads: who moves the clock says when what is due is done. */
final class ManualLane implements Lane {
    private final ManualScheduler scheduler;
    private final StoreClock clock;
    private final Rows rows;
    private final Runnable watch;
    private final Consumer<Duration> pause;
    private boolean stopping;

    ManualLane(
            TestHelper.ManualSchedulerBuilder scheduler,
            StoreClock clock,
            Rows rows,
            Runnable watch,
            Consumer<Duration> pause) {
        this.scheduler = scheduler.clock(clock).build();
        this.clock = clock;
        this.rows = rows;
        this.watch = watch;
        this.pause = pause;
    }

    @Override
    public void start() {
        scheduler.start();
    }

    @Override
    public void tick() {
        watch.run();
        asked(scheduler::runDeadExecutionDetection);
        while (!stopping && rows.isDue(clock.now())) {
            asked(scheduler::runAnyDueExecutions);
        }
    }

    private static void asked(Runnable question) {
        Rows.answered(() -> {
            question.run();
            return true;
        });
    }

    @Override
    public boolean pause(Duration length) {
        pause.accept(length);
        return !stopping;
    }

    @Override
    public void expect(Instant due) {}

    @Override
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
