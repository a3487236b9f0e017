package dev.sluice.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who mistypes is told what, and not everything there is. */
class UsageMistakeTest {
    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "feed x, Missing required option: '--flow=NAME', feed",
        "feed --flow A.B x, cannot name a flow, feed",
        "feed --flow f --url nowhere x, --server must be an address, feed",
        "stats --server nowhere, --url must be an address, stats",
        "jobs list --server nowhere, --server must be an address, jobs",
        "jobs list --state lost, Invalid value for option '--state', jobs list",
        "jobs show mailbox, Missing required parameter: 'SUBJECT', jobs show",
        "jobs run No 1, cannot name a job, jobs",
        "fingerprint --chars=-1 x, --chars must be at least 1, fingerprint",
        "check --nonsense, Unknown option: '--nonsense', check",
        "chek, Unmatched argument at index 0: 'chek', ''"
    })
    void aMistakeIsOneLineAndWhereHelpIs(String arguments, String what, String command) {
        Called called = Called.in(directory, Map.of(), arguments.split(" "));
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.out()).isEmpty();
        assertThat(called.err().lines())
                .hasSizeLessThanOrEqualTo(3)
                .first()
                .asString()
                .contains(what);
        assertThat(called.err().lines())
                .last()
                .asString()
                .isEqualTo("See 'sluice" + (command.isEmpty() ? "" : " " + command) + " --help'.");
    }
}
