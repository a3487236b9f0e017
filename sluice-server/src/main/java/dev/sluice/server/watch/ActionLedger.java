package dev.sluice.server.watch;

import dev.sluice.Key;
import dev.sluice.jobs.JobEvent;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.job.Deaths;
import dev.sluice.server.job.EventText;
import java.lang.System.Logger;

/** Writes down what actions do, and remembers those that died until the operator was told. Safe for use by many threads. */
public final class ActionLedger {
    private static final Logger LOG = System.getLogger(ActionLedger.class.getName());

    private final Outbox outbox;
    private final Deaths deaths = new Deaths();

    ActionLedger(Outbox outbox) {
        this.outbox = outbox;
    }

    void happened(JobEvent event) {
        if (event.attempt().kind().equals(Reader.KIND)) {
            return;
        }
        if (event instanceof JobEvent.Died dead) {
            LOG.log(
                    Logger.Level.ERROR,
                    "The action {0} for {1} is dead: {2}",
                    dead.attempt().kind(),
                    dead.attempt().subject(),
                    dead.reason());
            deaths.add(dead);
        }
        ActionData data = ActionData.parse(event.attempt().data());
        Key key = Key.of(data.flow(), data.zone(), event.attempt().subject());
        outbox.note(
                        key,
                        "action " + event.attempt().kind() + ", " + EventText.of(event) + "; began with "
                                + data.values())
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.log(
                                Logger.Level.WARNING,
                                "What an action did could not be written down: {0}",
                                failure.getMessage());
                    }
                });
    }

    /** Those that died and the operator was not told of. */
    public Deaths deaths() {
        return deaths;
    }
}
