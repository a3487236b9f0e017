package dev.sluice.server.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.dedupe.Log.Called;
import dev.sluice.server.dedupe.Log.On;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole way over real databases: which rows are found, written down, removed or marked. */
@Timeout(180)
class DedupeCommandTest {
    @TempDir
    private Path directory = Path.of("");

    private Log shop(On on) throws Exception {
        Log log = Log.of(on, directory)
                .row(1, 7, "abc", 0, "10 11:59:00")
                .row(2, 7, "abc", 1, "10 12:00:00.000001")
                .row(3, 7, "abc", 1, "11 12:00:00")
                .row(4, 7, "abc", 1, "11 12:00:00.000001")
                .row(5, 7, "ABC", 1, "10 12:00:00")
                .row(6, 7, "abc ", 1, "10 12:00:00")
                .row(7, 8, "abc", 0, "10 12:00:00")
                .row(8, 8, "abc", 0, "10 13:00:00");
        log.execute(
                "insert into cart_abandonment_log (id, user_id, cart_hash, email_sent) values (9, 8, 'abc', 1)",
                "insert into cart_abandonment_log (id, cart_hash, email_sent, created_at) values"
                        + " (10, 'abc', 1, '2026-01-10 12:00:00'), (11, 'abc', 1, '2026-01-10 12:00:00')");
        return log;
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName("what was told twice inside 24 hours goes, to the microsecond; letters and blanks count as they are")
    void removesWhatIsThereTwice(On on) throws Exception {
        Log log = shop(on);
        Called trial = log.dedupe("--csv DIR/trial.csv");
        assertThat(trial.err()).isEmpty();
        assertThat(trial.code()).isZero();
        assertThat(trial.out()).contains("Nothing was changed. Run it again with --apply remove, or --apply mark.");
        assertThat(trial.count("rows")).isEqualTo("11");
        assertThat(trial.count("users")).isEqualTo("2");
        assertThat(trial.count("user and content")).isEqualTo("4");
        assertThat(trial.count("kept")).isEqualTo("5");
        assertThat(trial.count("duplicates")).isEqualTo("3");
        assertThat(trial.count("not understood")).isEqualTo("3");
        assertThat(log.ids()).hasSize(11);
        assertThat(Files.readString(directory.resolve("trial.csv")).lines())
                .containsExactlyInAnyOrder(
                        "id,user,content,at,kept,why",
                        "1,7,abc,2026-01-10T11:59,2,\"not sent, beside one that was\"",
                        "3,7,abc,2026-01-11T12:00,2,sent again",
                        "8,8,abc,2026-01-10T13:00,7,\"not sent, again\"");

        Called applied = log.dedupe("--apply remove --batch 2 --csv DIR/removed.csv");
        assertThat(applied.err()).isEmpty();
        assertThat(applied.count("removed")).isEqualTo("3");
        assertThat(log.ids()).containsExactly("2", "4", "5", "6", "7", "9", "10", "11");
        assertThat(directory.resolve("removed.csv")).hasSameTextualContentAs(directory.resolve("trial.csv"));
        assertThat(log.dedupe("").count("duplicates")).as("again").isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName(
            "marked rows stay, are none of the log any more, and the line that takes over what is left leaves them out")
    void marks(On on) throws Exception {
        Log log = shop(on);
        Called applied = log.dedupe("--apply mark --mark duplicate=1 --csv DIR/marked.csv");
        assertThat(applied.err()).isEmpty();
        assertThat(applied.count("marked")).isEqualTo("3");
        assertThat(log.query("select id from cart_abandonment_log where duplicate = 1 order by id"))
                .containsExactly("1", "3", "8");
        assertThat(log.ids()).hasSize(11);
        Called again = log.dedupe("--mark duplicate=1");
        assertThat(again.count("rows")).isEqualTo("8");
        assertThat(again.count("duplicates")).isEqualTo("0");

        String query =
                again.out().substring(again.out().indexOf("--query \"") + 9).replaceFirst("\"\\s*$", "");
        assertThat(log.query(query + " order by id")).contains("7/abc", "8/abc").hasSize(8);
        assertThat(again.out())
                .contains("./sluice import --flow FLOW", "--told sent --pending pending")
                .doesNotContain("password");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName("the index is shown, then made: unique only where the rows allow it; a second one is not made")
    void indexes(On on) throws Exception {
        Log log = Log.of(on, directory).row(1, 1, "a", 1, "10 12:00:00").row(2, 1, "a", 1, "10 12:00:00");
        assertThat(log.dedupe("--index").out())
                .contains("1 of user, content and time are there more than once", "CREATE INDEX ");
        Called marked = log.dedupe("--index --apply mark --mark duplicate=1 --csv DIR/1.csv");
        assertThat(marked.err()).isEmpty();
        assertThat(marked.out()).contains("cart_abandonment_log_told", "It was made.");
        assertThat(log.dedupe("--index").out()).contains("There is such an index already.");

        Called removed = log.dedupe("--index --apply remove --csv DIR/2.csv");
        assertThat(removed.err()).isEmpty();
        assertThat(removed.out()).contains("CREATE UNIQUE INDEX ", "It was made.");
        assertThat(log.dedupe("--index").out()).contains("There is such an index already.");
        assertThat(log.ids()).containsExactly("1");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName("names that are words of SQL work, and a column that is not there is none, not a text")
    void quotesNames(On on) throws Exception {
        String time = on == On.POSTGRESQL ? "timestamptz" : on == On.MARIADB ? "datetime" : "text";
        String quote = on == On.POSTGRESQL ? "\"" : "`";
        Log log = Log.with(
                on,
                directory,
                "create table 'order' ('key' varchar(20) primary key, 'user' varchar(20), 'select' varchar(20), 'to' "
                                .replace("'", quote)
                        + time + ")");
        log.execute("insert into 'order' values ".replace("'", quote)
                + "('x', 'a', 'c', '2026-01-10 12:00:00'), ('y', 'b', 'c', '2026-01-10 12:00:00'),"
                + " ('z', 'b', 'c', '2026-01-10 13:00:00')");
        String names = "--table order --id key --by user --content select --sent all --at ";
        Called applied = log.run(names + "to --apply remove --csv DIR/x.csv");
        assertThat(applied.err()).isEmpty();
        assertThat(log.query("select 'key' from 'order' order by 1".replace("'", quote)))
                .containsExactly("x", "y");

        Called missing = log.run(names.replace("user", "usr") + "to --apply remove --csv DIR/y.csv");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).startsWith("The database refuses: ").contains("usr");
        assertThat(directory.resolve("y.csv")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName("numbers since 1970 are times: seconds, milliseconds and microseconds")
    void readsNumbers(On on) throws Exception {
        Log log = Log.with(on, directory, "create table told (id int primary key, who int, what int, at bigint)");
        log.execute("insert into told values (1, 1, 1, 1768046400), (2, 1, 1, 1768132799999),"
                + " (3, 1, 1, 1768132800000000)");
        assertThat(log.run("--table told --by who --content what --at at --sent all --apply remove --csv DIR/n.csv")
                        .err())
                .isEmpty();
        assertThat(log.query("select id from told order by id")).containsExactly("1", "3");
    }

    @Test
    @DisplayName(
            "a TIMESTAMP of MariaDB that follows updates keeps its time when a row is marked, also where clocks go back")
    void keepsTimesOfMariaDb() throws Exception {
        Log log = Log.with(
                On.MARIADB,
                directory,
                "create table told (id int primary key, who int, what int, sent bit(1), dup int default 0,"
                        + " at timestamp not null default current_timestamp on update current_timestamp)");
        log.execute(
                "set time_zone = '+00:00'",
                "insert into told (id, who, what, sent, at) values (1, 1, 1, 1, '2025-11-02 05:30:00'),"
                        + " (2, 1, 1, 1, '2025-11-02 06:30:00')");
        assertThat(log.run("--table told --by who --content what --at at --sent sent=1 --window 30m"
                                + " --apply mark --mark dup=1 --csv DIR/1.csv")
                        .count("marked"))
                .isEqualTo("0");
        assertThat(log.run("--table told --by who --content what --at at --sent sent=1 --window 2h"
                                + " --apply mark --mark dup=1 --csv DIR/2.csv")
                        .count("marked"))
                .isEqualTo("1");
        assertThat(log.query("select unix_timestamp(at) from told order by id"))
                .containsExactly("1762061400", "1762065000");
        assertThat(log.run("--table told --by who --content what --at at --sent sent=true")
                        .err())
                .startsWith("the column sent holds numbers, and 'true' is none");
    }

    @Test
    @DisplayName("texts of SQLite may have a zone, a fraction or no time of day; what is no time stays")
    void readsTextsOfSqlite() throws Exception {
        Log log = Log.of(On.SQLITE, directory)
                .row(1, 1, "a", 1, "10T12:00:00Z")
                .row(2, 1, "a", 1, "11T17:29:59.9999+05:30")
                .row(3, 1, "a", 1, "11 17:30:00.000 +05:30")
                .row(4, 1, "a", 1, "nonsense")
                .row(5, 2, "a", 1, "10")
                .row(6, 2, "a", 1, "10 23:59:59.999999")
                .row(7, 2, "a", 1, "11");
        assertThat(log.dedupe("--apply remove --csv DIR/x.csv").err()).isEmpty();
        assertThat(log.ids()).containsExactly("1", "3", "4", "5", "7");
    }

    @Test
    @DisplayName("all mistakes of the options at once; a file that is there is not written over")
    void saysAllMistakes() throws Exception {
        Log log = Log.of(On.SQLITE, directory);
        Files.writeString(directory.resolve("old.csv"), "what was removed");
        Called called = log.run("--table a;b --by x-- --content cart_hash --sent email_sent --window 0s --batch 0"
                + " --mark id=1 --apply remove --csv DIR/old.csv");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err())
                .contains(
                        "--table: 'a;b' cannot name a table",
                        "--by: 'x--' cannot name a column",
                        "say which column, by --at",
                        "--sent must be all, or such as email_sent=1",
                        "--window must be a time such as 24h",
                        "--batch must be 1 to 10000",
                        "--mark is about --apply mark",
                        "--mark: id says what a row is, and must stay",
                        "--csv: there is a file");
        assertThat(directory.resolve("old.csv")).hasContent("what was removed");
        assertThat(log.dedupe("--apply remove").err()).startsWith("--apply needs --csv FILE");
        assertThat(log.dedupe("--apply mark --csv DIR/n.csv").err()).startsWith("--apply mark needs --mark");
    }

    @ParameterizedTest
    @EnumSource(On.class)
    @DisplayName("an id that many rows have, and a log of which nothing was sent, change nothing; no password is shown")
    void refusesWhatWouldTakeTooMuch(On on) throws Exception {
        Log log = shop(on);
        Called notUnique = log.run(
                Log.NAMES.replace("--by user_id", "--by id") + " --id user_id --apply remove" + " --csv DIR/a.csv");
        assertThat(notUnique.code()).isEqualTo(1);
        assertThat(notUnique.err()).isEqualTo("--id: user_id does not tell the rows apart: 11 rows have 2 of it\n");
        Called unsent = log.run(Log.NAMES.replace("email_sent=1", "email_sent=9") + " --apply remove --csv DIR/b.csv");
        assertThat(unsent.code()).isEqualTo(1);
        assertThat(unsent.err()).startsWith("No row has email_sent=9, so nothing was changed");
        assertThat(log.ids()).hasSize(11);

        Log other = new Log(on, log.url() + (on == On.SQLITE ? "?password=geheim" : "&password=geheim"), directory);
        Called called = other.run(Log.NAMES.replace("cart_abandonment_log", "nowhere") + " --password geheim");
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).startsWith("The database refuses: ").doesNotContain("geheim");
        assertThat(called.out()).isEmpty();
    }

    @Test
    @DisplayName("a row that is sent between the survey and the change stays, and is counted")
    void leavesWhatChanged() throws Exception {
        Log log = Log.of(On.SQLITE, directory)
                .row(1, 1, "a", 1, "10 12:00:00")
                .row(2, 1, "a", 0, "10 13:00:00")
                .row(3, 1, "a", 0, "10 14:00:00");
        // Stands for the other system, which sends it while the first batch is changed.
        log.execute("create trigger sends after delete on cart_abandonment_log when old.id = 2 begin"
                + " update cart_abandonment_log set email_sent = 1 where id = 3; end");
        Called called = log.dedupe("--apply remove --batch 1 --csv DIR/x.csv");
        assertThat(called.err()).isEmpty();
        assertThat(called.count("removed")).isEqualTo("1");
        assertThat(called.count("changed meanwhile")).isEqualTo("1");
        assertThat(log.ids()).containsExactly("1", "3");
    }

    @Test
    @DisplayName("random logs: half of it done and the rest in a second run is the same as all in one")
    void theSameEndInTwoRuns() throws Exception {
        Random random = new Random(3);
        Log log = Log.of(On.SQLITE, directory);
        StringBuilder rows = new StringBuilder();
        for (int i = 1; i <= 2_000; i++) {
            rows.append(i == 1 ? "" : ", ")
                    .append(String.format(
                            java.util.Locale.ROOT,
                            "(%d, %d, 'c%d', %d, '2026-01-%02d %02d:00:00')",
                            i,
                            random.nextInt(12),
                            random.nextInt(4),
                            random.nextInt(2),
                            1 + random.nextInt(28),
                            random.nextInt(24)));
        }
        log.execute("insert into cart_abandonment_log (id, user_id, cart_hash, email_sent, created_at) values " + rows);
        log.execute("create table copy as select * from cart_abandonment_log");
        assertThat(log.dedupe("--apply remove --csv DIR/all.csv").err()).isEmpty();
        assertThat(log.ids()).hasSizeBetween(100, 1_900);
        var atOnce = log.ids();

        log.execute("delete from cart_abandonment_log", "insert into cart_abandonment_log select * from copy");
        String middle =
                Files.readAllLines(directory.resolve("all.csv")).get(500).split(",", -1)[0];
        log.execute("create trigger refuses before delete on cart_abandonment_log when old.id = " + middle
                + " begin select raise(abort, 'the disk is full'); end");
        Called stopped = log.dedupe("--apply remove --batch 7 --csv DIR/half.csv");
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.err()).contains("the disk is full");
        assertThat(stopped.count("removed")).as("71 batches of 7 before it").isEqualTo("497");
        assertThat(log.ids()).hasSize(2_000 - 497);
        log.execute("drop trigger refuses");
        assertThat(log.dedupe("--apply remove --batch 7 --csv DIR/rest.csv").err())
                .isEmpty();
        assertThat(log.ids()).isEqualTo(atOnce);
        assertThat(log.dedupe("").count("duplicates")).isEqualTo("0");
    }
}
