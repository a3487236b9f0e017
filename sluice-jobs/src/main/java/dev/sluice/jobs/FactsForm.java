package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import dev.sluice.Micros;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * The stored form of what a row keeps: a byte of format number, the mark (life and revision) by which rows are compared in
 * the database, a byte whose bits say whether there are a follow-up and a loan, then subject, reason, the wishes and the
 * loan.
 */
final class FactsForm implements Serializer {
    private static final byte FORMAT = 2;
    private static final int FOLLOWED = 1;
    private static final int LENT = 2;

    static byte[] encode(JobFacts facts) {
        byte[] subject = bytes(facts.subject());
        byte[] reason = bytes(facts.reason());
        byte[] wish = encode(facts.wish());
        byte[] followUp = facts.followUp().map(FactsForm::encode).orElseGet(() -> new byte[0]);
        byte[] loan = facts.loan().map(FactsForm::encode).orElseGet(() -> new byte[0]);
        int length = 2 + 2 * Long.BYTES + 2 * Integer.BYTES + subject.length + reason.length + wish.length;
        ByteBuffer form = ByteBuffer.allocate(length + followUp.length + loan.length)
                .put(FORMAT)
                .put(mark(facts));
        form.put((byte)
                ((facts.followUp().isPresent() ? FOLLOWED : 0) | (facts.loan().isPresent() ? LENT : 0)));
        form.putInt(subject.length).put(subject);
        form.putInt(reason.length).put(reason);
        return form.put(wish).put(followUp).put(loan).array();
    }

    /** Where {@link Rows#MARK} finds them. */
    static byte[] mark(JobFacts facts) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(facts.life())
                .putLong(facts.revision())
                .array();
    }

    private static byte[] encode(JobFacts.Loan loan) {
        byte[] holder = bytes(loan.holder());
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + holder.length)
                .putLong(loan.fence())
                .putInt(holder.length)
                .put(holder)
                .array();
    }

    private static byte[] encode(Wish wish) {
        byte[] data = bytes(wish.data());
        byte[] by = bytes(wish.by());
        return ByteBuffer.allocate(2 * Long.BYTES + 1 + 2 * Integer.BYTES + data.length + by.length)
                .putLong(Micros.of(wish.since()))
                .putLong(Micros.of(wish.due()))
                .put((byte) (wish.first() ? 1 : 0))
                .putInt(data.length)
                .put(data)
                .putInt(by.length)
                .put(by)
                .array();
    }

    /** Of a row that cannot be read nothing is known but that; its job must not keep the others from theirs. */
    static JobFacts decode(byte[] form) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(form);
            if (rest.get() != FORMAT) {
                return JobFacts.UNREADABLE;
            }
            long life = rest.getLong();
            long revision = rest.getLong();
            byte parts = rest.get();
            String subject = text(rest);
            String reason = text(rest);
            Wish wish = wish(rest);
            Optional<Wish> followUp = (parts & FOLLOWED) != 0 ? Optional.of(wish(rest)) : Optional.empty();
            Optional<JobFacts.Loan> loan =
                    (parts & LENT) != 0 ? Optional.of(new JobFacts.Loan(rest.getLong(), text(rest))) : Optional.empty();
            return new JobFacts(subject, wish, life, revision, reason, followUp, loan);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            return JobFacts.UNREADABLE;
        }
    }

    private static Wish wish(ByteBuffer rest) {
        Instant since = Micros.instant(rest.getLong());
        Instant due = Micros.instant(rest.getLong());
        boolean first = rest.get() == 1;
        return new Wish(text(rest), text(rest), since, due, first);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer rest) {
        int length = rest.getInt();
        ByteBuffer text = rest.slice(rest.position(), length);
        rest.position(rest.position() + length);
        return StandardCharsets.UTF_8.decode(text).toString();
    }

    @Override
    public byte[] serialize(Object facts) {
        return encode((JobFacts) facts);
    }

    @Override
    public <T> T deserialize(Class<T> kind, byte[] form) {
        return kind.cast(decode(form));
    }
}
