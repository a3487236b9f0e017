package dev.sluice.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SignalTest {
    @Test
    void a_process_stands_still_and_goes_on() throws IOException {
        Process echo = new ProcessBuilder("cat").start();
        try {
            Signal.STOP.to(echo.pid());
            echo.getOutputStream().write('a');
            echo.getOutputStream().flush();
            assertThat(echo.getInputStream().available()).isZero();

            Signal.CONT.to(echo.pid());
            assertThat(echo.getInputStream().read()).isEqualTo('a');
        } finally {
            echo.destroyForcibly().onExit().join();
        }
    }

    @Test
    void a_process_that_stands_still_can_be_killed() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        Signal.STOP.to(sleeper.pid());
        Signal.KILL.to(sleeper.pid());

        assertThat(sleeper.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void says_which_process_is_not_there() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();

        assertThatIllegalStateException()
                .isThrownBy(() -> Signal.STOP.to(gone.pid()))
                .withMessageContaining("" + gone.pid());
    }
}
