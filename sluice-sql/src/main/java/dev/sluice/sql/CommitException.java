package dev.sluice.sql;

import java.sql.SQLException;

/** A commit failed, and what that means for its transaction is another thing than in any other statement. */
final class CommitException extends SQLException {
    private static final long serialVersionUID = 1;

    private final Database.Fate fate;

    private CommitException(String message, Database.Fate fate, SQLException cause) {
        super(message, cause.getSQLState(), cause.getErrorCode(), cause);
        this.fate = fate;
    }

    /** The connection was lost: it may have happened or not, and must not be run again. */
    static CommitException lost(SQLException cause) {
        return new CommitException("the answer to a commit was lost", Database.Fate.FAILED, cause);
    }

    /** Somebody else made the same key at the same time. */
    static CommitException taken(SQLException cause) {
        return new CommitException("a key was made by others at the same time", Database.Fate.AGAIN, cause);
    }

    Database.Fate fate() {
        return fate;
    }
}
