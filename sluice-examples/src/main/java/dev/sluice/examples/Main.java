package dev.sluice.examples;

/** Where {@code sluice example} begins. */
public final class Main {
    /** What the server logs is not part of the story, unless it is a fault. */
    private static final String LOGGING = "dev/sluice/examples/logback.xml";

    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", LOGGING);
        // The JDK's server else waits for more to send with the same packet.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.exit(ExampleCommand.line(Screen.ofProcess()).execute(args));
    }
}
