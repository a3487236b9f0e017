package dev.sluice.sql;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What one shared database is told, in its own words. */
interface SharedSql {
    Dialect dialect();

    /** Begins a transaction. */
    String begin();

    /** One row: the clock of the server in microseconds, read now, and the fence floor. */
    String look();

    /** Rows of key and state, locked in the order of the keys. */
    Part lock(List<byte[]> keys);

    /** In a transaction that has just begun: from here to its end it waits for no other one, as far as that can be said. */
    String hurry();

    /** The keys that are there, as far as others have committed them. */
    Part find(List<byte[]> keys);

    /** As {@link #lock}, of those that nobody else has locked. */
    Part lockFree(List<byte[]> keys);

    /** Takes keys that are not there, so that nobody else can make them; fails at once if somebody is doing that. */
    Part seize(List<byte[]> keys);

    /** Makes keys that are not there; fails if one is. */
    Part insert(List<Row> rows);

    /** Makes a key; changes no row, and waits for whoever makes it now, if it is there. */
    Part insertIfAbsent(Row row);

    /** Changes keys that are there. */
    Part update(List<Row> rows);

    /** Deletes keys. */
    Part delete(List<byte[]> keys);

    /** Tells other processes that keys were armed again; empty where nobody can be told. */
    List<Part> tell(List<byte[]> keys);

    /** Whether an error says that what was to be made is there already. */
    boolean isTaken(SQLException e);

    /** What an error means for its transaction. */
    Database.Fate fate(SQLException e);

    /** What an error means to an operator, behind the name of the database; empty if nothing better is known. */
    Optional<String> explained(SQLException e, SqlUrl url);

    /** Makes connections. Whatever is done on them ends in a time that follows from {@code timeout}. */
    DataSource source(SqlUrl url, Duration timeout);

    /** What a connection that writes is told first; several statements. It waits for a lock for a moment only. */
    String setUp(Duration timeout);

    /** One row for each setting that lets the server lose what it committed: which it is, and what to change. */
    String risks();

    /**
     * Takes the right to change tables, of which there is one.
     *
     * @throws dev.sluice.StoreException if another one has it for longer than {@code patience}, a second at least
     */
    void lockTables(Statement statement, Duration patience) throws SQLException;

    /** Gives it back, with what was changed. */
    String unlockTables();

    /** Gives it back, and takes back what was changed as far as that is possible. */
    String undoTables();
}
