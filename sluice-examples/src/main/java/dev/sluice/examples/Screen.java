package dev.sluice.examples;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a story is shown. For one thread.
 *
 * @param writer takes the text
 * @param terminal whether somebody watches, so that a line may be written over
 * @param colour whether colours may be used
 * @param unicode whether more than ASCII may be used
 * @param width in columns
 */
record Screen(PrintWriter writer, boolean terminal, boolean colour, boolean unicode, int width) {
    /** Of a terminal that does not say how wide it is. */
    static final int USUAL_WIDTH = 80;

    private static final String BACK_TO_AN_EMPTY_LINE = "\r\u001b[K";
    private static final String RESET = "\u001b[0m";
    private static final int BAR = 32;
    private static final int LEAST_BAR = 4;
    private static final String MARGIN = "  ";

    /** Colours of the sixteen that every terminal has, in the shade that its owner chose. */
    enum Ink {
        STRONG("1"),
        FAINT("2"),
        GOOD("32"),
        NOTE("33"),
        BAD("31"),
        TOLD("36");

        private final String code;

        Ink(String code) {
            this.code = code;
        }
    }

    /** Standard output, as this process was given it. */
    static Screen ofProcess() {
        Charset charset = charset();
        PrintWriter out =
                new PrintWriter(new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), charset), true);
        return of(out, isTerminal(), charset.equals(StandardCharsets.UTF_8), System.getenv());
    }

    /** @param terminal whether {@code out} goes to one; one that is dumb cannot write over a line */
    static Screen of(PrintWriter out, boolean terminal, boolean unicode, Map<String, String> environment) {
        boolean able = terminal && !environment.getOrDefault("TERM", "").equals("dumb");
        return new Screen(out, able, able && wantsColour(environment), unicode, width(environment));
    }

    private static int width(Map<String, String> environment) {
        String stated = environment.getOrDefault("COLUMNS", "");
        return stated.matches("[1-9]\\d{0,3}") ? Integer.parseInt(stated) : USUAL_WIDTH;
    }

    static boolean wantsColour(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static Charset charset() {
        String stated = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "US-ASCII"));
        return Charset.isSupported(stated) ? Charset.forName(stated) : StandardCharsets.US_ASCII;
    }

    /** From release 22 on there is a console without a terminal, too, and a way to ask it. */
    @SuppressWarnings("SystemConsoleNull") // what this is about
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** The same, without anything that a plain file could not hold. */
    Screen plain() {
        return new Screen(writer, false, false, false, width);
    }

    void line(String text) {
        writer.println(text);
        writer.flush();
    }

    void blank() {
        line("");
    }

    void heading(String text) {
        line(ink(Ink.STRONG, text));
        blank();
    }

    /** {@code text} in a colour, where there are colours. */
    String ink(Ink ink, String text) {
        return colour ? "\u001b[" + ink.code + "m" + text + RESET : text;
    }

    /** {@code fine} where the screen can show it. */
    String glyph(String fine, String ascii) {
        return unicode ? fine : ascii;
    }

    /** How far a story has come; only for those who watch. */
    void progress(int done, int all, String text) {
        if (terminal) {
            // The last column stays free: some terminals go on to the next line when it is filled.
            int room = width - 1 - MARGIN.length();
            int bar = Math.min(BAR, room - MARGIN.length() - text.length());
            String shown = bar < LEAST_BAR
                    ? text.substring(0, Math.max(0, Math.min(text.length(), room)))
                    : bar(done, all, bar) + MARGIN + text;
            writer.print(BACK_TO_AN_EMPTY_LINE + MARGIN + shown);
            writer.flush();
        }
    }

    private String bar(int done, int all, int length) {
        int full = done * length / all;
        return glyph("━", "#").repeat(full) + ink(Ink.FAINT, glyph("─", "-").repeat(length - full));
    }

    void endProgress() {
        if (terminal) {
            writer.print(BACK_TO_AN_EMPTY_LINE);
            writer.flush();
        }
    }
}
