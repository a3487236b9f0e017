package dev.sluice.server.template;

/** Says what is wrong with a template, in words that go on after its name; advice comes after a semicolon. */
public final class TemplateException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param line in the template, from 1; 0 if that is not known */
    TemplateException(int line, String what) {
        super(line == 0 ? what : "(line " + line + " of it) " + what);
    }

    /** What is wrong. */
    public String what() {
        return String.valueOf(getMessage());
    }
}
