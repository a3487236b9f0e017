package dev.sluice.server.mailbox;

import dev.sluice.OnLost;
import dev.sluice.Settlement;
import dev.sluice.Store;
import dev.sluice.jobs.JobHandler;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.StepResult;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.channel.WebhookPost;
import dev.sluice.server.config.ImapConfig;
import jakarta.mail.MessagingException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Reads the mailbox of a subject from where the last run left it, and tells each new message to a webhook, in the order
 * in which they came in.
 *
 * <p>A message is told once in 30 days by its Message-ID, or by what it says if it has none: neither a failed run, nor a
 * worker that died, nor another UIDVALIDITY tells it again. Nobody knows what became of a message whose worker died
 * between telling it and writing that down; with {@link OnLost#RETRY} it is told again after a lease with the same
 * {@code Idempotency-Key}, by which its receiver knows the twin, with {@link OnLost#DROP} it is not.
 *
 * <p>A status for good, such as 400 or 404, gives a message up, loudly, and the others are told; anything else that keeps
 * a message from being told fails the run, which goes on there after its rest. A refused login pauses the subject. Safe
 * for use by many threads.
 */
public final class MailboxHandler implements JobHandler {
    private static final Logger LOG = System.getLogger(MailboxHandler.class.getName());
    private static final String FENCE = "Sluice-Fence";

    private final String job;
    private final Accounts accounts;
    private final WebhookPost post;
    private final OncePerMail once;
    private final MailboxListener listener;
    private final InstantSource clock;
    private final SSLContext tls;

    /** Says whose mailbox a run reads. */
    @FunctionalInterface
    public interface Accounts {
        /**
         * The mailbox of the subject of a run.
         *
         * @throws Exception if there is none, or nobody can say; the run fails with its words
         */
        ImapConfig of(Run run) throws Exception;
    }

    /**
     * How messages are told once.
     *
     * @param keys where claims are
     * @param lease longest that telling a message may take; after a crash its outcome is waited for as long
     * @param onLost what a message counts as whose worker died while it was told
     */
    public record Guarantee(Store keys, Duration lease, OnLost onLost) {}

    /**
     * One for a kind of job.
     *
     * @param job the name of the kind
     * @param post where messages are told; stays the caller's to close
     * @param tls whose certificates are trusted
     */
    public MailboxHandler(
            String job,
            Accounts accounts,
            WebhookPost post,
            Guarantee guarantee,
            MailboxListener listener,
            InstantSource clock,
            SSLContext tls) {
        this.job = job;
        this.accounts = accounts;
        this.post = post;
        this.once = new OncePerMail(job, guarantee.keys(), guarantee.lease(), guarantee.onLost());
        this.listener = listener;
        this.clock = clock;
        this.tls = tls;
    }

    @Override
    public StepResult run(Run run) throws Exception {
        ImapConfig config = accounts.of(run);
        Instant begin = clock.instant();
        Place from = from(run, config, begin);
        try (Mailbox mailbox = Mailbox.open(config, tls)) {
            Sitting sitting = new Sitting(mailbox, once, config.reading().most(), (mail, key) -> tell(run, mail, key));
            StepResult result = sitting.read(run, from, begin);
            once.forget(sitting.told());
            return result;
        } catch (MailboxException.LoginRefused e) {
            listener.pause(run.subject(), String.valueOf(e.getMessage()));
            // A failure would be tried again. Where it goes on stays, also where nothing was read yet.
            return StepResult.done(from.text());
        } catch (MessagingException e) {
            throw new MailboxException(config.host() + ":" + config.port() + ": " + Mailbox.reason(e));
        }
    }

    private static Place from(Run run, ImapConfig config, Instant now) {
        String text = run.place();
        return text.isEmpty()
                ? Place.first(run.lastRun().orElse(now.minus(config.reading().lookBack())))
                : Place.parse(text);
    }

    /** Tells a message, and settles its claim. */
    private void tell(Run run, Mail mail, OncePerMail.Turn.Mine turn) throws MailboxException {
        Receipt receipt = post.send(
                turn.idempotencyKey(),
                Map.of(FENCE, Long.toString(run.fence())),
                MailJson.of(job, run, mail),
                once.lease());
        if (receipt instanceof Receipt.Accepted) {
            complete(turn);
        } else if (receipt instanceof Receipt.Refused refused && refused.permanent()) {
            giveUp(run, mail, turn, refused.why());
        } else if (receipt instanceof Receipt.Unknown unknown && once.dropsLost()) {
            giveUp(run, mail, turn, unknown.why());
            throw failed(unknown.why());
        } else {
            once.release(turn.claim());
            throw failed(why(receipt));
        }
    }

    private void giveUp(Run run, Mail mail, OncePerMail.Turn.Mine turn, String why) {
        LOG.log(
                Level.ERROR,
                "The message {0} in the mailbox of {1} is given up: {2}",
                MailReader.line(mail.id()),
                run.subject(),
                why);
        listener.givenUp(run.subject(), mail.id(), why);
        complete(turn);
    }

    private void complete(OncePerMail.Turn.Mine turn) {
        if (once.complete(turn.claim()) == Settlement.STALE) {
            LOG.log(
                    Level.WARNING,
                    "The message {0} was told after its claim was lost: it may be told twice, with the same Idempotency-Key",
                    turn.claim().key());
        }
    }

    private static MailboxException failed(String why) {
        return new MailboxException("the webhook has not taken a message: " + why);
    }

    private static String why(Receipt receipt) {
        if (receipt instanceof Receipt.Refused refused) {
            return refused.why();
        }
        return receipt instanceof Receipt.Unreachable away ? away.why() : ((Receipt.Unknown) receipt).why();
    }
}
