package dev.sluice.server.config;

import dev.sluice.Backoff;
import dev.sluice.Digest;
import dev.sluice.DurationText;
import dev.sluice.Micros;
import dev.sluice.OnOutage;
import dev.sluice.Rule;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Options.Flows;
import java.time.Duration;
import java.util.Optional;

/** Makes rules out of what a flow says; the flow and its variants differ in the allowance only. */
final class RuleReader {
    private final Section flow;
    private final boolean sends;
    private final Backoff rests;

    /**
     * @param sends whether the flow has channels
     * @param rests how long a key rests after a failed release, where the allowance makes it rest at all
     */
    RuleReader(Section flow, boolean sends, Backoff rests) {
        this.flow = flow;
        this.sends = sends;
        this.rests = rests;
    }

    /** The rule of the allowance that {@code of} (the flow, or a variant of it) has. */
    Rule rule(Section of, Option<String> allow, int summaryAt) {
        String allowance = allowance(of, allow);
        boolean charged = flow.get(Flows.CLAIMS) == Flows.Switch.OFF;
        Rule bare = bare(allowance);
        check(of, allow, bare, charged);
        Rule.Builder rule = Rule.allow(allowance)
                .summaryAt(summaryAt)
                .digest(digest(bare))
                .lease(flow.get(Flows.LEASE))
                .forgetAfter(flow.get(Flows.FORGET_AFTER))
                .onLost(flow.get(Flows.ON_LOST_CLAIM))
                .onReset(flow.get(Flows.ON_RESET))
                .answerWithin(flow.get(Flows.ANSWER_WITHIN));
        if (!bare.exclusive()) {
            flow.find(Flows.ON_OUTAGE).or(this::ofScan).ifPresent(rule::onOutage);
        }
        if (bare.backoff().isPresent()) {
            rule.backoff(rests);
        }
        boolean needed = bare.limit() > Rule.MAX_CLAIMED_LIMIT;
        return (charged || needed) && !bare.exclusive() ? rule.charged().build() : rule.build();
    }

    /** A scan finds again whatever is not let out now: nothing is gained by letting it out on trust. */
    private Optional<OnOutage> ofScan() {
        return flow.part(Flows.SOURCE).has(WatchOptions.Sources.SCAN) ? Optional.of(OnOutage.CLOSED) : Optional.empty();
    }

    private String allowance(Section of, Option<String> allow) {
        String allowance = of.get(allow);
        Optional<Duration> remind = flow.find(Flows.REMIND);
        if (remind.isPresent() && bare(allowance).window() == Micros.FOREVER) {
            return "once per " + DurationText.format(remind.get());
        }
        if (remind.isPresent() && flow.isSound()) {
            flow.wrong(Flows.REMIND, "needs 'allow: once until reset'", "leave it out: the window reminds by itself");
        }
        return allowance;
    }

    private void check(Section of, Option<String> allow, Rule bare, boolean charged) {
        Optional<Digest> digest = flow.find(Flows.DIGEST);
        if (bare.limit() > Rule.MAX_CLAIMED_LIMIT && !charged) {
            of.wrong(allow, "allows more than " + Rule.MAX_CLAIMED_LIMIT, "add 'claims: off' to the flow");
        }
        if (bare.exclusive() && charged) {
            flow.wrong(Flows.CLAIMS, "'off' leaves nothing that could be exclusive", "leave it out");
        }
        if (bare.exclusive() && of.equals(flow) && digest.isPresent() && digest.get() != Digest.OFF) {
            flow.wrong(Flows.DIGEST, "an exclusive rule has no window to tell", "leave it out");
        }
        if (!sends && digest.isPresent() && digest.get() == Digest.AT_CLOSE) {
            flow.wrong(
                    Flows.DIGEST,
                    "'at-close' has nowhere to go: the flow has no channels",
                    "add channels, or write with-next or off");
        }
    }

    private Digest digest(Rule bare) {
        Digest standard = !sends && bare.digest() == Digest.AT_CLOSE ? Digest.WITH_NEXT : bare.digest();
        return bare.exclusive() ? Digest.OFF : flow.find(Flows.DIGEST).orElse(standard);
    }

    /** Why the use {@code at} of a window is never a summary, where somebody seems to want one. */
    static Optional<String> noSummary(int at, Rule rule) {
        if (at == 0 || (at > 1 && at <= rule.limit())) {
            return Optional.empty();
        }
        String why = at == 1 ? "1 makes no summary of one" : at + " is above the limit of " + rule.limit();
        return Optional.of(why + ", so no message is a summary; the digest tells what was held");
    }

    /** What the allowance alone says. */
    static Rule bare(String allowance) {
        boolean exclusive = allowance.strip().equals("exclusive");
        return exclusive
                ? Rule.allow(allowance).build()
                : Rule.allow(allowance).charged().build();
    }
}
