package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Budget;
import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.Settlement;
import dev.sluice.jobs.ByHand;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import dev.sluice.outbox.Inheritance;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Progress;
import dev.sluice.outbox.Sample;
import dev.sluice.outbox.TimeGrid;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.job.UniqueJobs;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Scans;
import dev.sluice.server.watch.ActionStatus;
import dev.sluice.server.watch.Actions;
import dev.sluice.server.watch.LevelAnswer;
import dev.sluice.server.watch.LevelReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * What the edge and the console ask of the engine behind them. Safe for use by many threads. Methods that give a stage
 * never block; their stage fails with {@link dev.sluice.StoreException} if the store cannot answer. All others may
 * block, and throw it.
 */
public interface Engine {
    /** The flow of that name. Does not block. */
    Optional<FlowConfig> flow(String name);

    /** All flows, in the order of the configuration. Does not block. */
    Collection<FlowConfig> flows();

    /** All budgets, in the order of the configuration. Does not block. */
    Collection<Budget> budgets();

    /** Decides an occurrence, and stores its message. */
    CompletionStage<Acceptance> accept(Occurrence occurrence);

    /**
     * Judges a level, and does what follows.
     *
     * @throws IllegalArgumentException if the flow watches no levels
     */
    CompletionStage<LevelAnswer> level(String flow, LevelReport report);

    /** Begins a request of many, of which those of a group go out as one message. */
    Together together();

    /** What comes in one request. */
    interface Together {
        /** As {@link Engine#accept}. */
        CompletionStage<Acceptance> accept(Occurrence occurrence);

        /** As {@link Engine#level}. */
        CompletionStage<LevelAnswer> level(String flow, LevelReport report);

        /** All of it was answered; what belongs together goes out now. */
        void end();
    }

    /** How long subjects were in the zones of a flow, the newest first, of those before the one with the id {@code before}. */
    List<Episode> episodes(
            String flow, Optional<String> subject, Optional<Boolean> open, Optional<Long> before, int limit);

    /** Whether a claim is one of an action, which its holder may extend and nobody else settles. Does not block. */
    boolean isOfAction(Claim claim);

    /** The effect of the claim happened. */
    CompletionStage<Settlement> complete(Claim claim);

    /** The effect of the claim did not happen. */
    CompletionStage<Settlement> release(Claim claim, Event.Why why);

    /** The holder of the claim needs it for {@code length} from now. */
    CompletionStage<Settlement> extend(Claim claim, Duration length);

    /** An operator takes the claim of this fence away from its holder; {@code by} is for the ledger. */
    CompletionStage<Settlement> evict(Key key, long fence, String by);

    /** Takes over what another system did; in a trial, only says what would become of it. */
    CompletionStage<Inheritance.Taken> inherit(Inheritance inheritance, boolean trial);

    /** The condition is over, at {@code level} if there is one. */
    CompletionStage<Void> reset(Key key, OptionalDouble level);

    /** Takes a message back before it was delivered; says whether it could. */
    CompletionStage<Boolean> withdraw(long message, String by);

    /** Offers what a dead message said again; empty if there is none, it is not dead, or it is a digest. */
    CompletionStage<Optional<Acceptance>> redrive(long message, String by);

    /** Whether a dead message was offered again within the last day, and passed. */
    boolean wasOfferedAgain(Message message);

    /** Who wants no more of a flow, and who bought already. Does not block. */
    Audience audience();

    /** Actions that run, wait or are dead, most of each; those that run or are due first. */
    List<ActionStatus> actions(int limit);

    /** An operator has an action that nobody works on tried now, or given up; {@code by} is for the ledger. */
    CompletionStage<ByHand> orderAction(Actions.Order order, String action, String subject, String by);

    /** The jobs. Does not block. */
    UniqueJobs jobs();

    /** Writes into the ledger what was done by hand; {@code detail} is for people. */
    CompletionStage<Void> note(Key key, String detail);

    /** Whether the store can write. */
    CompletionStage<Boolean> ready();

    /** What the server does in another way than it should, and why, while it goes on; empty if nothing. Does not block. */
    Optional<String> degraded();

    /** Where the state of keys and the messages live, without secrets. Does not block. */
    String stores();

    /** How the key, of a flow or of a budget, stands, and why; empty if nothing is known of it. */
    Optional<Explanation> explain(Key key);

    /** As {@link #explain}, also for a key that is forgotten while messages or the ledger tell of it. */
    Optional<Explanation> recall(Key key);

    /** The subject of the key in full. */
    String subjectText(Key key);

    /** Examples of what the key holds now. */
    List<Sample> samples(Key key);

    /** How many of what the key holds are told by which budget, by the key of the budget. */
    Map<Key, Long> entrusted(Key key);

    /** Keys of a flow behind {@code after}, all variants, in the order of their text. */
    List<Key> keys(String flow, Optional<Key> after, int limit);

    /** The subjects of a flow that hold the most, of those whose text has {@code part} in it, whatever its case. */
    MostHeld mostHeld(String flow, String part, int limit);

    /** Messages, the newest first. */
    List<MessageView> messages(Outbox.MessageFilter filter, int limit);

    /** Keys of a flow that messages are about, and whose subject begins with {@code prefix}, in their order. */
    List<Key> keysOfMessages(String flow, String prefix, int limit);

    /** Ledger entries, the newest first. */
    List<LedgerEntry> ledger(Outbox.LedgerFilter filter, int limit);

    /** The books of each flow; what is charged to budgets is in none of them, because it is in those of its flow. */
    Map<String, Books> books();

    /** How many subjects of a flow are known now, all variants; the number may be some seconds old where it is large. */
    long tracked(String flow);

    /** Who is loudest in a flow. Does not block. */
    Loudest loudest(String flow);

    /** The scans of all flows: what they found, and what is kept back of it. Does not block. */
    Scans scans();

    /** Makes the next attempt of a message due now; says whether one waited for a later time. {@code by} is for the ledger. */
    CompletionStage<Boolean> hasten(long message, String by);

    /** What moved in the books of a flow in each step of {@code grid}. */
    List<Books> moved(String flow, TimeGrid grid);

    /** How far everything has come. */
    Progress progress();

    /** The time of the store. Does not block. */
    Instant now();
}
