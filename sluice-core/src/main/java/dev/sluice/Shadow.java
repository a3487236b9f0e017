package dev.sluice;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Flows with limiting switched off: what their rules would hold passes, and says so. Their rules tell no digest, because
 * what is held there went out. Immutable.
 */
final class Shadow {
    private final Set<String> flows;

    Shadow(Set<String> flows) {
        this.flows = Set.copyOf(new HashSet<>(flows));
    }

    boolean covers(Key key) {
        return flows.contains(key.flow());
    }

    /** The decision, or a pass without a claim in place of a suppression. */
    Decision turn(Decision decision) {
        Decision.Facts of = decision.facts();
        if (decision.passes() || of.reason() == Reason.REPEATED || !covers(of.key())) {
            return decision;
        }
        Decision.Facts facts = new Decision.Facts(
                of.key(), Reason.SHADOW, of.occurrences(), of.delivered(), 0, of.next(), Optional.empty());
        return new Decision.Pass(facts, Optional.empty(), Optional.of(of.reason()));
    }
}
