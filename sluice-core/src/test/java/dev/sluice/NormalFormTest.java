package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What varies in a message, and what does not. */
class NormalFormTest {
    private static final int ROUNDS = 20_000;
    private static final int REPETITIONS = 300;
    private static final long SEED = 20_260_102;

    /** A message, and below it its normal form. */
    private static final String CASES = """
            Order 4711 failed
            order <*> failed
            took 1,234.5 ms, then 2 seconds
            took <*>, then <*>
            -17 degrees, 99% full, 0x7ffe, 1.5GiB, 80x25, 3/4
            <*> degrees, <*> full, <*>
            job 3f2504e0-4f89-11d3-9a0c-0305e82c3301 died
            job <*> died
            commit deadbeefcafe by blk_-1608999687919862906
            commit <*> by <*>
            attempt_1445144423722_0020_m_000000_0 lost worker-7
            <*> lost <*>
            Object java.lang.Object@1b2c3d4e was not locked
            object java.lang.object@<*> was not locked
            at 2025-12-01T03:04:05.123Z and at Thu, 01 Jul 2005 08:16:53 GMT
            at <*> and at <*>
            on Fri Jun 17 07:07:00 2005 it broke on 5 May
            on <*> it broke on <*> may
            from 10.0.0.1:80 to [fe80::1] via 00:0d:60:e9:1d:dc
            from <*> to [<*>] via <*>
            mail to alice@example.org was refused by mail.example.org
            mail to <*> was refused by <*>
            db-main.internal:5432 and cache.acme:80 are away, localhost too
            <*> and <*> are away, <*> too
            Could not load https://example.org/a?b=c#d, nor /var/log/app.log.
            could not load <*>, nor <*>.
            cannot write C:\\Temp\\x.txt or ../out/report.csv
            cannot write <*> or <*>
            chdir(/p/gb2/x) failed
            chdir(<*>) failed
            src/main/app.js needs report.csv
            <*> needs <*>
            column 'customer' and "big table" and `x y z`
            column '<*>' and "<*>" and `<*>`
            he said "one two three four" and can't
            he said "one two three four" and can't
            Cannot read field "size" because "<local1>.a" is null
            cannot read field "<*>" because "<<*>>.a" is null
            com.acme.Writer: no key.info, com.acme.Reader:80 at com.acme.Reader nor db.internal
            <*>: no key.info, <*> at <*> nor <*>
            "GET /v2/servers HTTP/1.1" status: 200
            "get <*>" status: <*>
            {"error":"timeout","id":"A-5","code":504}
            {"error":"timeout","id":"<*>","code":<*>}
            uid=0 ws=null ok=false user=root token=abcdef rhost=
            uid=<*> ws=<*> ok=<*> user=root token=<*> rhost=
            session opened for user cyrus by (uid=0)
            session opened for user <*> by (uid=<*>)
            Failed password for root from 10.0.0.1 port 22 ssh2
            failed password for <*> from <*> port <*>
            Too many authentication failures for admin [preauth]
            too many authentication failures for <*> [preauth]
            connection from 10.0.0.1 (host-1.example.net) and 10.0.0.2 () closed
            connection from <*> and <*> closed
            sent 1190 bytes (1.16 KB), lifetime <1 sec
            sent <*>, lifetime <*>
            com.acme.orders.Writer is gone, com.acme.orders.LockedException not
            <*> is gone, com.acme.orders.lockedexception not
            Foo.java:12 and Foo::bar(5) and IPv6 and SHA256
            foo.java:<*> and foo::bar(<*>) and ipv6 and sha256
            blocks blk_1 blk_2, blk_3 - 4 | 5
            blocks <*>
            interrupt caused by dcbf.........0
            interrupt caused by dcbf.........<*>
            Fan speeds ( 3534 **** 3479 )
            fan speeds ( <*> )
            <*> is <*>
            <*> is <*>
            """;

    static Stream<Arguments> cases() {
        List<String> lines = CASES.lines().toList();
        return Stream.iterate(0, i -> i < lines.size(), i -> i + 2)
                .map(i -> Arguments.of(lines.get(i), lines.get(i + 1)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatVariesIsASign(String text, String form) {
        assertThat(NormalForm.of(text)).isEqualTo(form);
    }

    @Test
    void whiteSpaceAndColoursAreBlanks() {
        assertThat(NormalForm.of(" \t a\n\n b\u00a0\u2003c \u001b[1;31mred\u001b[0m "))
                .isEqualTo("a b c red");
        assertThat(NormalForm.of("")).isEmpty();
        assertThat(NormalForm.of(" \n ")).isEmpty();
    }

    @Test
    void aNormalFormIsItsOwn() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            String text = RandomText.of(random, 1 + random.nextInt(40));
            String form = NormalForm.of(text);
            assertThat(NormalForm.of(form))
                    .as("seed %s, round %s: %s", SEED, round, text)
                    .isEqualTo(form);
        }
    }

    @Test
    void caseDoesNotCount() {
        cases().map(each -> (String) each.get()[0])
                .forEach(text ->
                        assertThat(NormalForm.of(text.toUpperCase(Locale.ROOT))).isEqualTo(NormalForm.of(text)));
    }

    @Test
    void anyTextHasOne() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(30), 0, Character.MAX_VALUE + 1).forEach(c -> text.append((char) c));
            assertThat(NormalForm.of(text.toString())).isEqualTo(NormalForm.of(text.toString()));
            assertThat(NormalForm.ofBeginning(text.toString(), 1 + random.nextInt(30)))
                    .isNotEmpty();
        }
    }

    /** Counted, not timed: twice the text may take little more than twice the looks at it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "1",
                "\"a ",
                "\"",
                "'a",
                "a:",
                "a:a1:",
                "(",
                "(1",
                "1 (",
                "1,",
                "1 ",
                ".",
                "a.",
                "/",
                "/a(",
                "[",
                "<",
                "<*>",
                "for user ",
                "aug ",
                "thu aug 1 ",
                "a.b:",
                "http://",
                "*",
                "\u001b[",
                "@",
                "a@",
                "\"a\" ",
                "\"a\" \n\n\n\n",
                "\"a(\" ",
                "com.a.b:",
                "z@b",
                "@b",
                "\u0130",
                "=",
                "x=null ",
                "for a from 1 "
            })
    void hostileTextTakesTimeInProportion(String piece) {
        long once = looks(piece.repeat(100_000 / piece.length() / 4));
        long fourTimes = looks(piece.repeat(100_000 / piece.length()));
        assertThat(fourTimes).isLessThan(once * 5).isLessThan(100_000L * 200);
    }

    /** What stands before is looked at once, and not again for each value that comes behind it. */
    @ParameterizedTest
    @CsvSource({
        "'w,,,,,,,,',   1,   ' s'",
        "'w,,,,,,,,',   1,   ' 2'",
        "'w,,,,,,,,',   1,   ' tue 2'",
        "'w,,,,,,,,',   jan, ' jan 1'",
        "'w,,,,,,,,',   1,   ' (2)'",
        "'w,,,,,,,,',   1,   \" '2'\"",
        "'w--------',   ' 1', ' s'",
        "'w--------',   ' 1', ', 2'",
        "wwwwwwwww,     :1,  ' s'",
        "wwwwwwwww,     :1,  ' 2'",
        "wwwwwwwww,     ':jan 1', ' aug'"
    })
    void whatStandsBeforeIsLookedAtOnce(String before, String value, String after) {
        String mark = before.substring(1);
        long once = looks("w" + mark.repeat(20_000 / mark.length()) + value + after.repeat(20_000 / after.length()));
        long tenTimes =
                looks("w" + mark.repeat(200_000 / mark.length()) + value + after.repeat(200_000 / after.length()));
        assertThat(tenTimes).isLessThan(once * 11).isLessThan(400_000L * 50);
    }

    @Test
    void whateverIsRepeatedTakesTimeInProportion() {
        Random random = new Random(SEED);
        for (int round = 0; round < REPETITIONS; round++) {
            String before = RandomText.pieces(random, random.nextInt(3));
            String first = RandomText.pieces(random, 1 + random.nextInt(2));
            String between = RandomText.pieces(random, random.nextInt(3));
            String repeated = RandomText.pieces(random, 1 + random.nextInt(4));
            IntFunction<String> text = length -> before
                    + first.repeat(length / 2 / first.length())
                    + between
                    + repeated.repeat(length / 2 / repeated.length());
            assertThat(looks(text.apply(300_000)))
                    .as("seed %s, round %s: %s * n, %s * n", SEED, round, before + first, between + repeated)
                    .isLessThan(looks(text.apply(30_000)) * 11 + 10_000)
                    .isLessThan(300_000L * 200);
        }
    }

    @Test
    void aMillionRandomCharactersTakeTimeInProportionToo() {
        Random random = new Random(SEED);
        assertThat(looks(RandomText.of(random, 1_000_000))).isLessThan(1_000_000L * 40);
        assertThat(NormalForm.of(RandomText.of(random, 1_000_000))).isNotEmpty();
    }

    private static long looks(String text) {
        Looks looks = new Looks(text);
        Tokens tokens = new Tokens(looks);
        new Lexer(looks, new Reduction(tokens)).run();
        return looks.count;
    }

    /** Counts how often a character is looked at. */
    private static final class Looks implements CharSequence {
        private final String text;
        private long count;

        Looks(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            count++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            count += end - start;
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
