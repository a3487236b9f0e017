package dev.sluice;

/**
 * One event for one key, under the rule at hand: what a store applies as one atomic step.
 *
 * @param patience how long whoever asks waits for a store that may be away, in microseconds; see {@link OutageDoctrine}
 */
public record Command(Key key, Rule rule, Event event, long patience) {
    /** By somebody who waits for as long as the {@linkplain Rule#answerWithin rule} says. */
    public Command(Key key, Rule rule, Event event) {
        this(key, rule, event, rule.answerWithin());
    }

    /** The same by somebody who waits no longer than {@code most} microseconds. */
    public Command within(long most) {
        return most < patience ? new Command(key, rule, event, most) : this;
    }
}
