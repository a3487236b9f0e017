package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import dev.sluice.Micros;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The stored form of what a row keeps: one byte of format number, two numbers, three texts behind their lengths. */
final class FactsForm implements Serializer {
    private static final byte FORMAT = 1;

    static byte[] encode(JobFacts facts) {
        byte[] subject = bytes(facts.subject());
        byte[] data = bytes(facts.data());
        byte[] reason = bytes(facts.reason());
        int length = 1 + 2 * Long.BYTES + 3 * Integer.BYTES + subject.length + data.length + reason.length;
        ByteBuffer form = ByteBuffer.allocate(length).put(FORMAT);
        form.putLong(Micros.of(facts.triggered())).putLong(facts.life());
        form.putInt(subject.length).put(subject);
        form.putInt(data.length).put(data);
        return form.putInt(reason.length).put(reason).array();
    }

    /** Of a row that cannot be read nothing is known but that; its job must not keep the others from theirs. */
    static JobFacts decode(byte[] form) {
        try {
            ByteBuffer rest = ByteBuffer.wrap(form);
            if (rest.get() != FORMAT) {
                return JobFacts.UNREADABLE;
            }
            Instant triggered = Micros.instant(rest.getLong());
            long life = rest.getLong();
            return new JobFacts(text(rest), text(rest), triggered, life, text(rest));
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            return JobFacts.UNREADABLE;
        }
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
