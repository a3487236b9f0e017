package dev.sluice.server.http;

/** Ends the handling of a request with a problem. Carries no stack: it says what the caller did, not where we were. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Refusal(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Refusal(Problem.Kind kind, String detail) {
        this(new Problem(kind, detail));
    }

    Problem problem() {
        return problem;
    }
}
