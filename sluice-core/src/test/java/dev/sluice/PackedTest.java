package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PackedTest {
    private static final int STATES = 2_000;
    private static final int DAMAGES = 10;

    /** Every part present, as it was written before keys knew who reported to them. */
    private static final String FIRST_FORMAT = "01ff07" + "8080b4ccd4dfc603" + "0201" + "00" + "0702"
            + "0103" + "02" + "0102030405060708" + "1112131415161718" + "8801" + "4059000000000000"
            + "0102" + "09" + "2122232425262728"
            + "0314" + "2e" + "0b05" + "0905" + "01080c" + "0f0d" + "4059400000000000";

    /** And as it is written since; {@code docs/semantics.md} takes it apart. */
    private static final String VECTOR = "02ff0f" + FIRST_FORMAT.substring(6) + "01" + "3132333435363738" + "8101";

    @Test
    void everyRandomStateReadsBackAsItWasWritten() {
        RandomGenerator random = new SplittableRandom(1);
        for (int i = 0; i < STATES; i++) {
            State state = random(random);
            assertThat(Packed.decode(Packed.encode(state))).hasToString(state.toString());
        }
    }

    @Test
    void theEmptyStateIsFourBytes() {
        assertThat(Packed.encode(State.EMPTY)).asHexString().isEqualTo("01000000");
        assertThat(Packed.decode(Packed.encode(State.EMPTY))).isEqualTo(State.EMPTY);
    }

    @Test
    void theDocumentedVectorIsWhatIsWritten() {
        assertThat(HexFormat.of().formatHex(Packed.encode(documented()))).isEqualTo(VECTOR);
        assertThat(Packed.decode(HexFormat.of().parseHex(VECTOR)))
                .hasToString(documented().toString());
    }

    @Test
    void aStateOfTheFirstFormatIsReadAndWrittenAsItIs() {
        State old = Packed.decode(HexFormat.of().parseHex(FIRST_FORMAT));
        Draft draft = new Draft(documented());
        draft.reporters = List.of();

        assertThat(old).hasToString(new State(draft).toString());
        assertThat(Packed.encode(old)).asHexString().isEqualToIgnoringCase(FIRST_FORMAT);
    }

    @Test
    void reportersOfAStateOfTheFirstFormatAreRefused() {
        byte[] mixed = HexFormat.of().parseHex("01" + VECTOR.substring(2));
        assertThatIllegalArgumentException().isThrownBy(() -> Packed.decode(mixed));
    }

    @Test
    void numbersTakeAsFewBytesAsTheyCan() {
        assertThat(Packed.encode(seen(127))).asHexString().isEqualTo("01400000" + "7F00");
        assertThat(Packed.encode(seen(128))).asHexString().isEqualTo("01400000" + "800100");
    }

    private static State seen(long count) {
        Draft draft = new Draft();
        draft.seen = count;
        return new State(draft);
    }

    @Test
    void anEndThatThisVersionDoesNotKnowIsRefused() {
        byte[] unknown = HexFormat.of().parseHex("01080000" + "01" + "04" + "00" + "0000000000000000");
        assertThatIllegalArgumentException().isThrownBy(() -> Packed.decode(unknown));
    }

    @Test
    void everyCutIsRefused() {
        byte[] whole = HexFormat.of().parseHex(VECTOR);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIllegalArgumentException()
                    .as("the first %s bytes", length)
                    .isThrownBy(() -> Packed.decode(cut));
        }
    }

    @Test
    void whateverFollowsIsRefused() {
        byte[] whole = HexFormat.of().parseHex(VECTOR + "00");
        assertThatIllegalArgumentException().isThrownBy(() -> Packed.decode(whole));
    }

    @Test
    void anotherFormatIsRefusedByItsNumber() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Packed.decode(new byte[] {3, 0, 0, 0}))
                .withMessageContaining("format 3");
    }

    @Test
    void aPartThatThisVersionDoesNotKnowIsRefused() {
        byte[] unknown = HexFormat.of().parseHex("02801000" + "00");
        assertThatIllegalArgumentException().isThrownBy(() -> Packed.decode(unknown));
    }

    @Test
    void damagedBytesAreRefusedOrReadAsAStateAndNeverAnythingElse() {
        RandomGenerator random = new SplittableRandom(2);
        int refused = 0;
        for (int i = 0; i < STATES; i++) {
            byte[] bytes = Packed.encode(random(random));
            for (int damage = 0; damage < DAMAGES; damage++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                refused += isRefused(bytes) ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(STATES * DAMAGES / 2);
    }

    @Test
    void arbitraryBytesAreRefusedOrReadAsAState() {
        RandomGenerator random = new SplittableRandom(3);
        for (int i = 0; i < STATES; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThatCode(() -> isRefused(bytes)).doesNotThrowAnyException();
        }
    }

    private static boolean isRefused(byte[] bytes) {
        try {
            Packed.decode(bytes);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static State documented() {
        Draft draft = new Draft();
        draft.touched = 1_000_000_000_000_000L;
        draft.fence = draft.touched + 1;
        draft.armed = draft.touched - 1;
        draft.lastSeen = draft.touched;
        draft.start = draft.touched - 4;
        draft.done = 2;
        draft.live = List.of(new Live(
                draft.touched + 1,
                0x0102030405060708L,
                0x1112131415161718L,
                draft.touched + 68,
                true,
                OptionalDouble.of(100)));
        draft.settled = List.of(new Settled(draft.touched - 5, 0x2122232425262728L, Settled.End.LOST));
        draft.failures = 3;
        draft.retryAt = draft.touched + 10;
        draft.resetAt = draft.touched + 23;
        draft.seen = 11;
        draft.held = 5;
        draft.first = draft.touched - 5;
        draft.last = draft.touched - 3;
        draft.out = new Out(draft.touched + 4, 12, draft.touched - 8, draft.touched - 7, Out.Cause.FAILED);
        draft.mark = OptionalDouble.of(101);
        draft.reporters = List.of(new Reporter(0x3132333435363738L, 129));
        return new State(draft);
    }

    private static State random(RandomGenerator random) {
        Draft draft = new Draft();
        draft.touched = random.nextInt(10) == 0 ? Micros.ABSENT : random.nextLong(1L << 52);
        draft.fence = random.nextLong(1L << 52);
        draft.armed = random.nextLong(1L << 52);
        draft.lastSeen = maybe(random);
        draft.done = random.nextBoolean() ? random.nextInt(1_000) : 0;
        draft.start = draft.done > 0 ? random.nextLong(1L << 52) : Micros.ABSENT;
        draft.live = live(random);
        draft.settled = settled(random);
        draft.failures = random.nextBoolean() ? 1 + random.nextInt(50) : 0;
        draft.retryAt = draft.failures > 0 ? random.nextLong(1L << 52) : Micros.ABSENT;
        draft.resetAt = maybe(random);
        draft.seen = random.nextInt(3) * random.nextLong(1L << 40);
        draft.held = random.nextInt(3) * random.nextLong(1L << 40);
        draft.first = draft.held > 0 ? random.nextLong(1L << 52) : Micros.ABSENT;
        draft.last = draft.held > 0 ? random.nextLong(1L << 52) : Micros.ABSENT;
        draft.out = random.nextBoolean() ? out(random) : null;
        draft.mark = mark(random);
        draft.reporters = reporters(random);
        return new State(draft);
    }

    private static List<Reporter> reporters(RandomGenerator random) {
        List<Reporter> reporters = new ArrayList<>();
        for (int i = Math.max(0, random.nextInt(6) - 2); i > 0; i--) {
            reporters.add(new Reporter(random.nextLong(), random.nextLong(1L << 53)));
        }
        return reporters;
    }

    private static long maybe(RandomGenerator random) {
        return random.nextBoolean() ? random.nextLong(1L << 52) : Micros.ABSENT;
    }

    private static OptionalDouble mark(RandomGenerator random) {
        return random.nextBoolean() ? OptionalDouble.of(random.nextDouble(-1e300, 1e300)) : OptionalDouble.empty();
    }

    private static List<Live> live(RandomGenerator random) {
        List<Live> live = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            live.add(new Live(
                    random.nextLong(1L << 52),
                    random.nextLong(),
                    random.nextLong(),
                    random.nextLong(1L << 52),
                    random.nextBoolean(),
                    mark(random)));
        }
        return live;
    }

    private static List<Settled> settled(RandomGenerator random) {
        List<Settled> settled = new ArrayList<>();
        Settled.End[] ends = Settled.End.values();
        for (int i = random.nextInt(5); i > 0; i--) {
            settled.add(new Settled(random.nextLong(1L << 52), random.nextLong(), ends[random.nextInt(ends.length)]));
        }
        return settled;
    }

    private static Out out(RandomGenerator random) {
        Out.Cause[] causes = Out.Cause.values();
        return new Out(
                random.nextLong(1L << 52),
                random.nextLong(1L << 40),
                random.nextLong(1L << 52),
                random.nextLong(1L << 52),
                causes[random.nextInt(causes.length)]);
    }
}
