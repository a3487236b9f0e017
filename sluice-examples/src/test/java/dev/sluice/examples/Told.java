package dev.sluice.examples;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command showed to a screen that a test holds. */
record Told(int code, String out, String err) {
    static Told by(String... args) {
        return on(false, false, args);
    }

    static Told on(boolean colour, boolean unicode, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ExampleCommand.line(
                        new Screen(new PrintWriter(out, true), colour, colour, unicode, Screen.USUAL_WIDTH))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Told(code, out.toString().replace("\r\n", "\n"), err.toString());
    }
}
