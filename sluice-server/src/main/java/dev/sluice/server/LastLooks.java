package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Sending;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.watch.Finding;
import java.util.function.Function;

/**
 * What is looked at right before each attempt of a flow, and where what became of it is written.
 *
 * @param finding where the values of subjects, and candidates, are
 * @param audience who wants no more
 */
record LastLooks(Finding finding, Audience audience) {
    /**
     * The plan of a flow with what it looks at: to whom, where the subject knows that; and whether its receiver still wants
     * it, where it is a mail to the one whom it is about; a candidate, whether it
     * still is one.
     *
     * @param text the subject of a key in full
     */
    FlowPlan plan(FlowConfig flow, Function<Key, String> text) {
        FlowPlan plan = flow.plan();
        Sending sending = flow.scan().isPresent()
                ? plan.sending().looking(finding.scans().lastLook(flow.name(), text))
                : flow.levels()
                        .recipients()
                        .map(to -> plan.sending().to(finding.sources().addresses(flow, to, text), to.lookEvery()))
                        .orElse(plan.sending());
        Sending wanted = flow.mail().isPresent()
                ? sending.looking(audience.before(text, sending.looksUp(), sending.lastLook()))
                : sending;
        return plan.sending(finding.scans()
                .writeBack(flow.name(), text)
                .map(wanted::writingBack)
                .orElse(wanted));
    }
}
