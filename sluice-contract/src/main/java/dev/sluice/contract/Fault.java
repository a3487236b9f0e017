package dev.sluice.contract;

/** A history broke a promise. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Check check;

    Fault(Check check, String what) {
        super(check + ": " + what);
        this.check = check;
    }

    Check check() {
        return check;
    }
}
