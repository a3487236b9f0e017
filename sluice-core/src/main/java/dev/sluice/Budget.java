package dev.sluice;

import org.jspecify.annotations.Nullable;

/**
 * A rule on a coarser key that no input whatever can exceed: asked after every pass, charged once and for good. What it
 * refuses is told by its own digest, one for each window and key. Immutable.
 *
 * @param name its name, of the form of a {@linkplain Key#isName flow's}
 * @param per what each of its keys stands for
 * @param rule its allowance: charged, with a window that ends
 */
public record Budget(String name, Per per, Rule rule) {
    /** The flow that the keys of budgets belong to; no flow of occurrences may take the name. */
    public static final String FLOW = "budget";

    /** @throws IllegalArgumentException if the name is none, or the rule is not charged, or has no window that ends */
    public Budget {
        if (!Key.isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot name a budget");
        }
        if (!rule.charged() || !rule.finite()) {
            throw new IllegalArgumentException(
                    "the budget '" + name + "' needs a charged rule with a window that ends, such as 30 per 1h");
        }
    }

    /** A budget that allows {@code allowance}, such as {@code 30 per 1h}, and tells what it refused. */
    public static Budget of(String name, Per per, String allowance) {
        return new Budget(
                name,
                per,
                Rule.allow(allowance).digest(Digest.AT_CLOSE).charged().build());
    }

    /**
     * The key that is charged for {@code what}: a recipient (case and blanks around it do not count), a channel or a
     * flow; not used for {@link Per#EVERYTHING}.
     */
    public Key key(String what) {
        return switch (per) {
            case RECIPIENT -> Key.of(FLOW, name, LowerCase.of(what.strip()));
            case CHANNEL, FLOW -> Key.of(FLOW, name, what);
            case EVERYTHING -> Key.of(FLOW, name, per.word());
        };
    }

    /** Whether both have the same name, and allow and tell the same. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Budget budget
                && name.equals(budget.name)
                && per == budget.per
                && rule.allowance().equals(budget.rule.allowance())
                && rule.digest() == budget.rule.digest();
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
